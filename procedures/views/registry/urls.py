from django.urls import path

from procedures.views.registry import capacity, changes, completeness, delegations, dryruns, rule_sets, rules, suggestions, trial

SET = "ban-du-thao/<int:pk>/"

urlpatterns = [
    path("", rules.index, name="rules"),
    path("quy-tac/<int:pk>/", rules.show, name="rule"),
    path("thu/", trial.trial, name="trial"),
    path("goi-y/thu-tuc/", suggestions.procedures, name="procedure_suggestions"),
    path("goi-y/co-quan/", suggestions.agencies, name="agency_suggestions"),
    path("ban-du-thao/", rule_sets.index, name="rule_sets"),
    path("ban-du-thao/moi/", rule_sets.create, name="rule_set_new"),
    path(SET, rule_sets.show, name="rule_set"),
    path(f"{SET}mo-ta/", rule_sets.describe, name="rule_set_describe"),
    path(f"{SET}trinh-duyet/", rule_sets.send, name="rule_set_submit"),
    path(f"{SET}tra-lai/", rule_sets.back, name="rule_set_back"),
    path(f"{SET}huy/", rule_sets.discard, name="rule_set_discard"),
    path(f"{SET}cong-bo/", dryruns.publish, name="rule_set_publish"),
    path(f"{SET}chay-thu/", dryruns.show, name="dry_run"),
    path(f"{SET}them/", changes.add, name="change_add"),
    path(f"{SET}chon/", changes.choose, name="change_choose"),
    path(f"{SET}thay/<int:rule>/", changes.replace, name="change_replace"),
    path(f"{SET}cham-dut/<int:rule>/", changes.end, name="change_end"),
    path(f"{SET}sua/<int:change>/", changes.edit, name="change_edit"),
    path(f"{SET}bo/<int:change>/", changes.remove, name="change_remove"),
    path("uy-quyen/", delegations.index, name="delegations"),
    path("uy-quyen/moi/", delegations.add, name="delegation_new"),
    path("uy-quyen/<int:pk>/ket-thuc/", delegations.end, name="delegation_end"),
    path("uy-quyen/yeu-cau/<int:pk>/", delegations.decide, name="delegation_decide"),
    path("nang-luc/", capacity.capacities, name="capacities"),
    path("kiem-tra/", completeness.show, name="completeness"),
    path("kiem-tra/<int:pk>/noi-thieu.csv", completeness.places, name="completeness_places"),
    path("kiem-tra/chay/", completeness.start, name="completeness_start"),
]
