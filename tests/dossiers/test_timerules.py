import pytest

from dossiers.timerules import UnreadablePolicy, UnreadableRule, parse_policy, parse_rule


@pytest.mark.parametrize("text", ["3 working_day", "15 day", "24 hour", "24 clock_hour", "1 month", "2 year", "in_day"])
def test_a_rule_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_rule(text)) == text


@pytest.mark.parametrize("text", ["", "3", "day", "0 day", "-1 day", "3 weeks", "2 in_day", "1.5 hour", "99999 day", "٣ day"])
def test_an_unreadable_rule_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableRule, match="is not a time rule"):
        parse_rule(text)


@pytest.mark.parametrize("text", ["restart", "pause_resume", "add_fixed:5"])
def test_a_policy_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_policy(text)) == text


@pytest.mark.parametrize("text", ["", "add_fixed", "add_fixed:", "add_fixed:-1", "pause"])
def test_an_unreadable_policy_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePolicy):
        parse_policy(text)
