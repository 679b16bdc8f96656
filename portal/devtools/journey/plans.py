"""Every dossier of the journey."""

from portal.devtools.journey.counter_plans import FIRST_TEN
from portal.devtools.journey.more_plans import AT_COMMUNES, AT_MINISTRIES, AT_PROVINCES, OFF_THE_PATH, ONLY_REGISTERED
from portal.devtools.journey.online_plans import FROM_HOME
from portal.devtools.journey.plan import Plan

EVERYTHING: tuple[Plan, ...] = (*OFF_THE_PATH, *FIRST_TEN, *AT_COMMUNES, *AT_PROVINCES, *AT_MINISTRIES, *ONLY_REGISTERED, *FROM_HOME)
