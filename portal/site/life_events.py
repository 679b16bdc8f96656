"""The doors of the home page: what happens in a life, and the search that leads to its procedures."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LifeEvent:
    """A tile: `query` is what a Vietnamese speaker would type for it."""

    title: str | Promise
    hint: str | Promise
    icon: str
    query: str

    @property
    def url(self) -> str:
        return "/thu-tuc/?" + urlencode({"q": self.query})


LIFE_EVENTS = (
    LifeEvent(_("A child is born"), _("Birth registration, insurance card"), "baby", "khai sinh"),
    LifeEvent(_("Marriage and family"), _("Marriage, marital status"), "heart", "kết hôn"),
    LifeEvent(_("House and land"), _("Land certificate, changes"), "house", "đất đai"),
    LifeEvent(_("Residence"), _("Permanent, temporary residence"), "map-pinned", "cư trú"),
    LifeEvent(_("Identity papers"), _("Identity card, passport"), "id-card", "căn cước"),
    LifeEvent(_("Copies and signatures"), _("Certified copies"), "stamp", "chứng thực"),
    LifeEvent(_("Starting a business"), _("Household business, company"), "store", "hộ kinh doanh"),
    LifeEvent(_("Vehicles and driving"), _("Registration, licences"), "car", "giấy phép lái xe"),
    LifeEvent(_("Building"), _("Construction permits"), "hard-hat", "giấy phép xây dựng"),
    LifeEvent(_("Work and insurance"), _("Allowances, pensions"), "hand-coins", "bảo hiểm xã hội"),
    LifeEvent(_("Criminal record"), _("For work, study, travel"), "shield-check", "lý lịch tư pháp"),
    LifeEvent(_("A loved one has died"), _("Death registration, support"), "flower-2", "khai tử"),
)
POPULAR_SEARCHES = tuple(
    (text, "/thu-tuc/?" + urlencode({"q": text})) for text in ("khai sinh", "chứng thực bản sao", "tạm trú", "sổ đỏ lần đầu")
)
