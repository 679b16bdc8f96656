"""The reasons of a decision in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from procedures.competence import REASON_CODES, Reason, ReasonCode

FACT_NAMES: Mapping[str, str] = {
    "residence": gettext_noop("place of residence"),
    "residence_father": gettext_noop("the father's residence"),
    "residence_mother": gettext_noop("the mother's residence"),
    "residence_other": gettext_noop("the other person's residence"),
    "place_of_event": gettext_noop("place of the event"),
    "parcel": gettext_noop("the parcel of land"),
    "seat": gettext_noop("the business address"),
    "register_holder": gettext_noop("the place that keeps the register"),
    "building_site": gettext_noop("the building site"),
    "applied_address": gettext_noop("the address to be registered"),
    "employer": gettext_noop("the employer's address"),
    "facility": gettext_noop("the address of the facility"),
    "agency_place": gettext_noop("the place of the agency"),
}

KIND_NAMES: Mapping[str, str] = {
    "commune_committee": gettext_noop("Commune People's Committee"),
    "commune_police": gettext_noop("Commune police"),
    "commune_business_registration": gettext_noop("Commune business registration"),
    "land_registration_branch": gettext_noop("Land registration branch"),
    "social_insurance_branch": gettext_noop("Social insurance branch"),
    "department_finance_business_registration": gettext_noop("Business registration office of the Department of Finance"),
    "department_agriculture_environment": gettext_noop("Department of Agriculture and Environment"),
    "department_home_affairs": gettext_noop("Department of Home Affairs"),
    "provincial_police": gettext_noop("Provincial police"),
    "provincial_police_immigration": gettext_noop("Immigration office of the provincial police"),
    "provincial_police_traffic": gettext_noop("Traffic office of the provincial police"),
    "provincial_police_fire": gettext_noop("Fire office of the provincial police"),
    "provincial_police_records": gettext_noop("Records office of the provincial police"),
    "provincial_police_administration": gettext_noop("Public order office of the provincial police"),
    "ministry_police_traffic": gettext_noop("Traffic department of the Ministry of Public Security"),
    "customs_national": gettext_noop("National customs"),
    "department_construction": gettext_noop("Department of Construction"),
    "department_culture_sports_tourism": gettext_noop("Department of Culture, Sports and Tourism"),
    "department_education": gettext_noop("Department of Education and Training"),
    "department_ethnic_religion": gettext_noop("Department of Ethnic and Religious Affairs"),
    "department_finance": gettext_noop("Department of Finance"),
    "department_foreign_affairs": gettext_noop("Department of Foreign Affairs"),
    "department_health": gettext_noop("Department of Health"),
    "department_industry_trade": gettext_noop("Department of Industry and Trade"),
    "department_justice": gettext_noop("Department of Justice"),
    "department_planning_architecture": gettext_noop("Department of Planning and Architecture"),
    "department_science_technology": gettext_noop("Department of Science and Technology"),
    "department_tourism": gettext_noop("Department of Tourism"),
    "land_registration_office": gettext_noop("Provincial land registration office"),
    "ministry_agriculture_environment": gettext_noop("Ministry of Agriculture and Environment"),
    "ministry_construction": gettext_noop("Ministry of Construction"),
    "ministry_construction_activity": gettext_noop("Authority for construction economics of the Ministry of Construction"),
    "ministry_construction_road": gettext_noop("Road authority of the Ministry of Construction"),
    "ministry_construction_vehicle_register": gettext_noop("Vehicle register of the Ministry of Construction"),
    "ministry_crops": gettext_noop("Crop authority of the Ministry of Agriculture and Environment"),
    "ministry_culture_sports_tourism": gettext_noop("Ministry of Culture, Sports and Tourism"),
    "ministry_defence": gettext_noop("Ministry of National Defence"),
    "ministry_education": gettext_noop("Ministry of Education and Training"),
    "ministry_environment": gettext_noop("Environment authority of the Ministry of Agriculture and Environment"),
    "ministry_ethnic_religion": gettext_noop("Ministry of Ethnic and Religious Affairs"),
    "ministry_finance": gettext_noop("Ministry of Finance"),
    "ministry_finance_business": gettext_noop("Business authority of the Ministry of Finance"),
    "ministry_food_quality": gettext_noop("Food quality authority of the Ministry of Agriculture and Environment"),
    "ministry_foreign_affairs": gettext_noop("Ministry of Foreign Affairs"),
    "ministry_health": gettext_noop("Ministry of Health"),
    "ministry_home_affairs": gettext_noop("Ministry of Home Affairs"),
    "ministry_industry_trade": gettext_noop("Ministry of Industry and Trade"),
    "ministry_justice": gettext_noop("Ministry of Justice"),
    "ministry_justice_adoption": gettext_noop("Adoption authority of the Ministry of Justice"),
    "ministry_justice_civil_status": gettext_noop("Civil status authority of the Ministry of Justice"),
    "ministry_justice_secured_transactions": gettext_noop("Register of secured transactions of the Ministry of Justice"),
    "ministry_land": gettext_noop("Land authority of the Ministry of Agriculture and Environment"),
    "ministry_police_administration": gettext_noop("Public order department of the Ministry of Public Security"),
    "ministry_police_fire": gettext_noop("Fire department of the Ministry of Public Security"),
    "ministry_police_immigration": gettext_noop("Immigration department of the Ministry of Public Security"),
    "ministry_police_records": gettext_noop("Records department of the Ministry of Public Security"),
    "ministry_public_security": gettext_noop("Ministry of Public Security"),
    "ministry_science_technology": gettext_noop("Ministry of Science and Technology"),
    "ministry_water_resources": gettext_noop("Water authority of the Ministry of Agriculture and Environment"),
    "provincial_committee": gettext_noop("Provincial People's Committee"),
    "provincial_inspectorate": gettext_noop("Provincial inspectorate"),
    "social_insurance_national": gettext_noop("Vietnam Social Security"),
    "social_insurance_province": gettext_noop("Provincial social insurance"),
    "state_bank": gettext_noop("State Bank of Vietnam"),
    "tax_branch": gettext_noop("Tax branch"),
    "tax_national": gettext_noop("National tax authority"),
    "tax_province": gettext_noop("Provincial tax office"),
}


def fact_name(fact: str) -> str:
    """What the place means, for people."""
    return gettext(FACT_NAMES[fact]) if fact in FACT_NAMES else gettext("the place")


def kind_name(kind: str) -> str:
    """The kind of agency, for people."""
    return gettext(KIND_NAMES[kind]) if kind in KIND_NAMES else gettext("the competent agency")


def reason_text(reason: Reason | Mapping[str, object]) -> str:
    """The reason as a sentence. Also reads the form in which it is stored; a code of another time reads as itself is unknown."""
    code, given = (reason.code, dict(reason.params)) if isinstance(reason, Reason) else (reason.get("code"), reason.get("params"))
    params = {str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {}
    if "fact" in params:
        params["fact"] = fact_name(params["fact"])
    if "kind" in params:
        params["kind"] = kind_name(params["kind"])
    try:
        return gettext(REASON_CODES[ReasonCode(str(code))]) % params
    except (ValueError, KeyError):
        return gettext("Decided by a person")
