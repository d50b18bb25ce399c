"""Acts against the firm wait for its notice, the time to answer it, and our answers; others do not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, User
from audit.models import Event
from licences import law, services
from licences.models import Certificate, Licence, LicenceNotice
from licences.standing import history_of
from look import words
from notifications.models import Message
from regulators import books
from regulators.models import Act
from regulators.periods import not_computable
from tests.licences.acting import by_two, confirmed, let_time_pass, proposed, serve
from tests.plugins.cases import person_of
from workflow.errors import NotAllowed, NotReady
from workflow.services import withdraw_proposal

TODAY = timezone.localdate
UNSERVED = "The preliminary notice is not served yet."
UNWRITTEN = "Write the text of the preliminary notice: this is against the firm."
PAST = "The last day must not have passed. To end the licence, use another act."
EARLIER = "An earlier last day is against the firm: vary the licence, so that the firm is heard."
NO_BASIS = "On that day the legal basis of the licence was not in force."
SLIPS_ALONE = "A correction puts the name of the firm and days right, and nothing else."
STAYS_EXPIRED = (
    "The expiry of this licence is recorded, and a correction does not bring it back into force: only "
    "a last day that is over can stand here. The firm needs a new licence, on a new application."
)
GONE = "A condition that is to change does not stand any more. Look at it again."


@pytest.fixture
def licence(grant):
    return grant(conditions=["Two keys.", "Report monthly."])


def fresh(licence):
    return Licence.objects.get(pk=licence.pk)


def refused(call, *args, **kwargs):
    with pytest.raises(NotReady) as refusal:
        call(*args, **kwargs)
    return [str(reason) for reason in refusal.value.reasons]


def test_a_revocation_waits_for_service_time_and_answers_each_with_a_link(licence, two):
    proposed(licence, "revoke", two[0], reason="r")
    notice = licence.notices.get()
    assert refused(confirmed, licence, "revoke", two[1]) == [UNSERVED]

    serve(notice, two[0])
    (early,) = refused(confirmed, licence, "revoke", two[1])
    assert "representations until the end of" in early
    said = services.record_representation(
        actor=two[0], notice=notice, text="Not so.", made_on=TODAY(), how="Letter 4."
    )
    let_time_pass(notice, days=1)  # its last day is today
    assert len(refused(confirmed, licence, "revoke", two[1])) == 2
    let_time_pass(notice, days=1)  # its last day was yesterday
    with pytest.raises(NotReady) as refusal:
        confirmed(licence, "revoke", two[1])
    (unanswered,) = refusal.value.reasons
    assert unanswered.url.endswith(f"/representations/{said.pk}/")
    services.answer_representation(actor=two[1], representation=said, our_answer="It is so.", accepted=False)
    assert confirmed(licence, "revoke", two[1]).state == "revoked"
    notice.refresh_from_db()
    assert (notice.decided_at is not None, notice.is_open) == (True, False)


@pytest.mark.parametrize("act", ["suspend", "revoke", "restrict", "wind_down", "vary"])
def test_without_the_words_of_a_notice_nothing_is_proposed_against_the_firm(act, licence, two):
    told = {"reason": "r", "notice": " ", "changes": {"add": ["No new clients."]}}
    assert refused(proposed, licence, act, two[0], **told) == [UNWRITTEN]


@pytest.mark.parametrize(
    ("changes", "is_heard"),
    [
        ({"add": ["Report weekly."]}, True),
        ({"change": {"1": "Three keys."}}, True),
        ({"scope": "For AIFC firms alone."}, True),
        ({"remove": [1]}, False),
        ({"firm_name": "Turan Keys Ltd"}, False),
        ({"remove": [1], "add": ["Report weekly."]}, True),
    ],
)
def test_only_a_variation_against_the_firm_is_noticed(changes, is_heard, licence, two):
    proposed(licence, "vary", two[0], reason="r", changes=changes)

    assert licence.notices.exists() is is_heard
    if not is_heard:
        assert confirmed(licence, "vary", two[1]).state == "active"


@pytest.mark.parametrize(("days", "is_heard"), [(None, False), (400, False), (200, True)])
def test_an_earlier_last_day_is_against_the_firm_and_a_later_one_is_not(days, is_heard, grant, two):
    licence = grant(valid_until=TODAY() + timedelta(days=300))
    until = (TODAY() + timedelta(days=days)).isoformat() if days else ""
    proposed(licence, "vary", two[0], reason="r", changes={"valid_until": until})

    assert licence.notices.exists() is is_heard


def test_the_firms_own_application_needs_no_notice_but_no_suspension_is_asked_for(licence, two):
    asked = {"reason": "r", "firm_asked": "Letter 7", "changes": {"add": ["No new clients."]}}
    for act in ("vary", "restrict", "wind_down"):
        proposed(licence, act, two[0], **asked)
        confirmed(licence, act, two[1])
    assert (fresh(licence).restricted, fresh(licence).winding_down) == (True, True)
    assert refused(proposed, licence, "suspend", two[0], reason="r", firm_asked="Letter 7") == [UNWRITTEN]
    assert licence.notices.count() == 0


def test_immediate_effect_is_for_what_can_be_taken_back_and_the_firm_is_heard_afterwards(licence, two):
    proposed(licence, "revoke", two[0], reason="r", immediate="Keys are lost.")
    assert refused(confirmed, licence, "revoke", two[1]) == [UNSERVED]
    proposed(licence, "suspend", two[0], reason="r", immediate="Keys are lost.")
    assert confirmed(licence, "suspend", two[1]).state == "suspended"
    notice = licence.notices.get(act="suspend")
    assert (notice.immediate, notice.may_be_answered) == ("Keys are lost.", False)
    serve(notice, two[0])
    notice.refresh_from_db()
    assert notice.may_be_answered is True


def test_the_same_words_keep_a_served_notice_and_other_words_are_served_anew(licence, two):
    proposed(licence, "revoke", two[0], reason="r")
    notice = licence.notices.get()
    serve(notice, two[0])
    let_time_pass(notice)
    by_two(licence, "suspend", *two, reason="r", immediate="Keys are lost.")  # the case has moved on
    proposed(licence, "revoke", two[0], reason="again")
    assert confirmed(licence, "revoke", two[1]).state == "revoked"

    other = licence.notices.filter(act="revoke")
    assert [one.decided_at is not None for one in other] == [True]


def test_other_words_or_other_changes_withdraw_the_open_notice(licence, two):
    proposed(licence, "vary", two[0], reason="r", changes={"add": ["A."]})
    first = licence.notices.get()
    serve(first, two[0])
    let_time_pass(first)
    withdraw_proposal(Licence, licence.pk, "vary", actor=two[0])
    proposed(licence, "vary", two[0], reason="r", changes={"add": ["B."]})
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert refused(confirmed, licence, "vary", two[1]) == [UNSERVED]


def test_a_withdrawn_notice_cannot_be_confirmed_on(licence, two):
    proposed(licence, "suspend", two[0], reason="r")
    notice = licence.notices.get()
    serve(notice, two[0])
    let_time_pass(notice)
    services.withdraw_notice(actor=two[0], notice=notice, why="Mended.")

    assert "No preliminary notice of exactly this" in refused(confirmed, licence, "suspend", two[1])[0]
    assert refused(services.withdraw_notice, actor=two[0], notice=notice, why="Twice.") == [
        "This notice is no longer open."
    ]


def test_nor_at_once_since_the_firm_could_not_be_heard_afterwards(licence, two):
    proposed(licence, "suspend", two[0], reason="r", immediate="Keys are lost.")
    services.withdraw_notice(actor=two[1], notice=licence.notices.get(), why="They are found.")

    assert "No preliminary notice of exactly this" in refused(confirmed, licence, "suspend", two[1])[0]


@pytest.mark.parametrize(
    ("served", "until", "how", "why"),
    [
        (0, 1, "x", ""),
        (0, 0, "x", "The last day for representations must be after today."),
        (1, 2, "x", "A notice cannot have been served in the future."),
        (-1, 1, "x", "A notice cannot have been served before it was drawn up."),
        (0, 1, " ", "Say how the notice was served."),
    ],
)
def test_a_service_is_not_ahead_nor_before_the_notice_and_leaves_time(served, until, how, why, licence, two):
    proposed(licence, "suspend", two[0], reason="r")
    days = {"served_on": TODAY() + timedelta(days=served), "until": TODAY() + timedelta(days=until)}
    call = {"actor": two[0], "notice": licence.notices.get(), "how": how, **days}

    if not why:
        services.record_service(**call)
    twice = "The service of this notice is recorded already."
    assert refused(services.record_service, **call) == [why or twice]


def test_where_the_book_has_a_period_it_is_the_least(licence, two, monkeypatch):
    proposed(licence, "suspend", two[0], reason="r")
    period = replace(books.get("afsa-custody", "2026.1").clock("representations"), calendar_days=5)
    monkeypatch.setattr(law, "time_for_representations", lambda licence: period)
    least = TODAY() + timedelta(days=5)
    call = {"actor": two[0], "notice": licence.notices.get(), "served_on": TODAY(), "how": "x"}

    (early,) = refused(services.record_service, **call, until=least - timedelta(days=1))
    assert early.startswith("By the rule book the firm may make representations until")
    services.record_service(**call, until=least)


def test_a_service_waits_while_the_least_day_of_the_book_is_not_known(
    licence, two, monkeypatch, new_calendar
):
    proposed(licence, "suspend", two[0], reason="r")
    period = replace(books.get("afsa-custody", "2026.1").clock("representations"), working_days=5)
    monkeypatch.setattr(law, "time_for_representations", lambda licence: period)
    call = {"actor": two[0], "notice": licence.notices.get(), "served_on": TODAY(), "how": "x",
            "until": TODAY() + timedelta(days=60)}  # fmt: skip
    new_calendar("2026.2", until=TODAY().year - 1)
    (missing,) = refused(services.record_service, **call)
    assert missing == not_computable(TODAY().year)
    new_calendar("2026.3")
    services.record_service(**call)


@pytest.mark.parametrize(("act", "flag"), [("restrict", "restricted"), ("wind_down", "winding down")])
def test_a_flag_comes_with_conditions_that_end_with_it(act, flag, licence, two):
    bare = refused(proposed, licence, act, two[0], reason="r", changes={"add": []})
    assert bare == ["Write at least one condition."]
    by_two(licence, act, *two, reason="r", changes={"add": ["No new clients."]})
    assert fresh(licence).conditions_in_force == ["Two keys.", "Report monthly.", "No new clients."]
    assert len(fresh(licence).flags) == 1
    twice = refused(proposed, licence, act, two[0], reason="r", changes={"add": ["Again."]})
    assert twice == [f"This licence is {flag} already."]
    end = {"restrict": "lift_restriction", "wind_down": "end_winding_down"}[act]
    by_two(licence, end, *two, reason="r")
    now = fresh(licence)
    assert (now.flags, now.conditions_in_force) == ([], ["Two keys.", "Report monthly."])
    assert now.conditions[2] == {"text": "No new clients.", "origin": act, "since": 2, "until": 3}
    assert refused(proposed, licence, end, two[0], reason="r") == [f"This licence is not {flag}."]


def test_a_variation_keeps_what_it_ended_and_makes_a_new_certificate(licence, two):
    changes = {"change": {"1": "Three keys."}, "remove": [2], "add": ["Report weekly."]}
    by_two(licence, "vary", *two, reason="r", changes=changes)
    now = fresh(licence)

    assert [(one["text"], one["since"], one["until"]) for one in now.conditions] == [
        ("Two keys.", 1, 2), ("Report monthly.", 1, 2), ("Three keys.", 2, None), ("Report weekly.", 2, None),
    ]  # fmt: skip
    first, second = Certificate.objects.all()
    assert (first.content["conditions"], second.content["conditions"]) == (
        ["Two keys.", "Report monthly."],
        ["Three keys.", "Report weekly."],
    )
    entry = now.history.last()
    assert (entry.what, entry.changes) == ("vary", changes)
    assert (entry.from_state, entry.to_state) == ("active", "active")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "Nothing would change. Change, add or remove something."),
        ({"remove": [9]}, GONE),
        ({"change": {"1": "x"}, "remove": [1]}, GONE),
        ({"valid_until": "2020-01-01"}, PAST),
    ],
)
def test_a_variation_of_nothing_or_of_what_does_not_stand_is_refused(changes, why, licence, two):
    asked = {"reason": "r", "changes": changes, "firm_asked": "Letter 7"}
    assert refused(proposed, licence, "vary", two[0], **asked)[-1:] == [why]


def test_a_correction_is_a_new_line_of_two_people_and_the_wrong_one_stays(licence, two):
    wrong = licence.history.get()
    told = {"reason": "r", "entry": wrong.pk, "public_note": "Granted on 2 November, not on 3."}
    proposed(licence, "correct", two[0], **told)
    with pytest.raises(NotAllowed):
        confirmed(licence, "correct", two[0])
    confirmed(licence, "correct", two[1])
    assert list(licence.history.values_list("what", "corrects", "text")) == [
        ("granted", None, ""),
        ("correct", wrong.pk, "Granted on 2 November, not on 3."),
    ]


def test_a_line_of_another_licence_is_not_corrected(licence, grant, two):
    other = grant().history.get()

    assert refused(proposed, licence, "correct", two[0], reason="r", entry=other.pk, public_note="x") == [
        "Choose the line of the history that is corrected."
    ]


@pytest.mark.parametrize("act", ["vary", "restrict", "wind_down", "correct", "lift_restriction"])
def test_two_accounts_of_one_human_are_one_person(act, licence, decision_maker):
    first, same = decision_maker("Aliya", "N2000001"), decision_maker("Aliya again", "n 2000001")
    third = decision_maker("Cyril", "N2000003")
    if act == "lift_restriction":
        by_two(licence, "restrict", first, third, reason="r", changes={"add": ["A."]})
    changes = {"firm_name": "Turan Ltd"} if act == "correct" else {"add": ["B."]}
    data = {"changes": changes, "entry": licence.history.first().pk, "public_note": "x"}
    proposed(licence, act, first, reason="r", firm_asked="Letter 7", **data)

    with pytest.raises(NotAllowed):
        confirmed(licence, act, same)
    assert confirmed(licence, act, third).version == fresh(licence).version


@pytest.mark.parametrize(
    ("power", "acts"),
    [(Act.GRANT, {"vary"}), (Act.SUSPEND, {"restrict", "suspend"}), (Act.REVOKE, {"wind_down", "revoke"})],
)
def test_each_act_needs_its_own_power(power, acts, licence, decision_maker):
    actor = decision_maker("Aliya", "N2000001", acts=[power])
    may = set()
    for act in ("vary", "restrict", "wind_down", "suspend", "revoke"):
        try:
            proposed(licence, act, actor, reason="r", changes={"add": ["A."]})
            may.add(act)
        except NotAllowed:
            continue

    assert may == acts


def test_the_firm_is_told_of_a_served_notice_of_each_change_and_of_a_withdrawal(licence, two, member):
    member()
    proposed(licence, "suspend", two[0], reason="secret reason")
    assert Message.objects.count() == 0
    notice = licence.notices.get()
    serve(notice, two[0])
    let_time_pass(notice)
    confirmed(licence, "suspend", two[1])
    proposed(licence, "revoke", two[0], reason="secret reason")
    serve(licence.notices.get(act="revoke"), two[0])
    services.withdraw_notice(actor=two[0], notice=licence.notices.get(act="revoke"), why="secret reason")

    told = list(Message.objects.order_by("pk").values_list("template", "subject_ref"))
    assert told == [
        (kind, licence.number)
        for kind in ("licence_notice", "licence_changed", "licence_notice", "licence_notice_withdrawn")
    ]
    for message in Message.objects.all():
        assert "secret" not in message.body_text
        assert message.url.endswith(f"/applications/licences/{licence.number}/")


def test_only_a_signatory_answers_in_the_portal_to_the_end_of_the_last_day(licence, two, member):
    signatory, viewer = member("signatory"), member("viewer")
    over = ["The time for representations is over."]
    proposed(licence, "suspend", two[0], reason="r")
    notice = licence.notices.get()
    assert refused(services.make_representation, actor=signatory, notice=notice, text="Not so.") == over
    serve(notice, two[0])
    with pytest.raises(NotAllowed):
        services.make_representation(actor=viewer, notice=notice, text="Not so.")
    let_time_pass(notice, days=1)  # its last day is today
    services.make_representation(actor=signatory, notice=notice, text="Not so.", seen=0)
    services.make_representation(actor=signatory, notice=notice, text="Not so.", seen=0)  # the second press
    assert notice.representations.count() == 1
    let_time_pass(notice, days=1)
    assert refused(services.make_representation, actor=signatory, notice=notice, text="Late.") == over


def test_the_record_names_who_drew_up_served_said_and_answered(licence, two):
    proposed(licence, "suspend", two[0], reason="r")
    notice = licence.notices.get()
    serve(notice, two[1])
    said = services.record_representation(
        actor=two[1], notice=notice, text="Not so.", made_on=TODAY(), how="Letter 4."
    )
    services.answer_representation(actor=two[0], representation=said, our_answer="So.", accepted=True)

    kinds = Event.objects.filter(subject=licence.audit_subject).values_list("kind", "actor_name")
    assert list(kinds)[1:] == [
        ("licence.suspend.propose", "Aliya"),
        ("licence.notice", "Aliya"),
        ("licence.notice_served", "Berik"),
        ("licence.representation", "Berik"),
        ("licence.answer", "Aliya"),
    ]


def test_the_database_keeps_one_open_notice_an_act(licence, two):
    proposed(licence, "suspend", two[0], reason="r")
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenceNotice.objects.create(
            licence=licence, act="suspend", text="x", drawn_up_by=two[0], drawn_up_at=timezone.now()
        )


def acts_for(firm, human):
    """As a signatory of the firm, under another account, who has left since."""
    other = User.objects.create_user("other@firm.test", full_name="Other", human=human)
    Membership.objects.create(
        user=other, firm=firm, role="signatory", ended_at=timezone.now() + timedelta(seconds=1)
    )


def is_named_by(firm, human):
    person_of(firm, human=human)


@pytest.mark.parametrize("is_of_the_firm", [acts_for, is_named_by])
def test_who_is_of_the_firm_under_any_account_acts_on_no_licence_of_it(is_of_the_firm, licence, two, firm):
    first, second = two
    proposed(licence, "revoke", first, reason="r")
    notice = licence.notices.get()
    serve(notice, second)
    said = services.record_representation(
        actor=second, notice=notice, text="Not so.", made_on=TODAY(), how="Letter 4."
    )
    is_of_the_firm(firm, first.human)
    first = User.objects.get(pk=first.pk)

    for call in (
        lambda: proposed(licence, "suspend", first, reason="r"),
        lambda: services.answer_representation(
            actor=first, representation=said, our_answer="You are right.", accepted=True
        ),
        lambda: services.record_representation(
            actor=first, notice=notice, text="Nor so.", made_on=TODAY(), how="By word."
        ),
        lambda: services.withdraw_notice(actor=first, notice=notice, why="Mended."),
    ):
        with pytest.raises(NotAllowed):
            call()
    let_time_pass(notice)
    services.answer_representation(actor=second, representation=said, our_answer="It is so.", accepted=False)
    assert refused(confirmed, licence, "revoke", second) == [
        "Aliya, who proposed this, may not do so any more. Propose it again."
    ]


def test_a_variation_for_the_firm_leaves_the_notice_of_an_adverse_one_open(licence, two):
    against = {"reason": "r", "changes": {"add": ["No new clients."]}}
    proposed(licence, "vary", two[0], **against)
    notice = licence.notices.get()
    serve(notice, two[0])
    withdraw_proposal(Licence, licence.pk, "vary", actor=two[0])

    proposed(licence, "vary", two[0], reason="r", notice="", changes={"remove": [1]})
    confirmed(licence, "vary", two[1])
    notice.refresh_from_db()
    assert (notice.is_open, notice.served_on) == (True, TODAY())

    let_time_pass(notice)
    proposed(licence, "vary", two[0], **against)
    assert confirmed(licence, "vary", two[1]).conditions_in_force == ["Report monthly.", "No new clients."]
    notice.refresh_from_db()
    assert notice.is_open is False


def test_a_slip_in_the_name_and_the_days_is_put_right_and_stands_in_the_history(grant, two):
    licence = grant(valid_until=TODAY() + timedelta(days=30))
    first, before = licence.history.get(), licence.granted_at
    day, later = TODAY() - timedelta(days=1), TODAY() + timedelta(days=40)
    right = {"firm_name": "Turan Vaults Ltd", "granted_on": str(day), "valid_until": str(later)}
    told = {"reason": "r", "entry": first.pk, "public_note": "As decided."}
    proposed(licence, "correct", two[0], **told, changes=right)
    confirmed(licence, "correct", two[1])

    now = fresh(licence)
    granted = timezone.localtime(now.granted_at)
    assert (now.firm_name, granted.date(), now.valid_until) == ("Turan Vaults Ltd", day, later)
    assert granted.time() == timezone.localtime(before).time()
    lines = history_of(list(now.history.all()))
    assert [(line.corrects, line.corrected_by) for line in lines] == [(0, [2]), (1, [])]
    assert lines[1].changes == [
        f"Valid until {words.day(later)}",
        f"Granted on {words.day(day)}",
        "Name of the firm: Turan Vaults Ltd",
    ]
    assert fresh(licence).history.get(pk=first.pk).at == first.at
    assert [one.content["firm"] for one in now.certificates.all()] == ["Turan Vault Ltd", "Turan Vaults Ltd"]


def test_no_licence_ends_before_it_was_granted(grant, two):
    licence, told = grant(valid_until=TODAY() - timedelta(days=5)), {"reason": "r", "public_note": "x"}
    told |= {"entry": licence.history.get().pk}
    days = {n: str(TODAY() - timedelta(days=n)) for n in (4, 5)}
    why = refused(proposed, licence, "correct", two[0], **told, changes={"granted_on": days[4]})
    assert why == ["The last day cannot be before the first day."]
    proposed(licence, "correct", two[0], **told, changes={"granted_on": days[5]})
    assert confirmed(licence, "correct", two[1]).valid_until == TODAY() - timedelta(days=5)


def test_who_may_not_grant_lengthens_no_licence_by_correcting_it(grant, two, decision_maker):
    licence = grant(valid_until=TODAY() + timedelta(days=30))
    told = {
        "reason": "r",
        "entry": licence.history.get().pk,
        "public_note": "x",
        "changes": {"valid_until": ""},
    }
    others = decision_maker("Sauran", "N2000003", acts=[Act.SUSPEND, Act.REVOKE])
    with pytest.raises(NotAllowed):
        proposed(licence, "correct", others, **told)
    proposed(licence, "correct", two[0], **told)
    with pytest.raises(NotAllowed):
        confirmed(licence, "correct", others)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_until": 29}, EARLIER),
        ({"granted_on": -9000}, NO_BASIS),
        ({"granted_on": 1}, NO_BASIS),
        ({"firm_name": " "}, SLIPS_ALONE),
        ({"scope": ""}, SLIPS_ALONE),
    ],
)
def test_a_correction_is_no_variation(grant, two, changes, why):
    licence = grant(valid_until=TODAY() + timedelta(days=30), conditions=["Two keys."])
    days = {name: str(TODAY() + timedelta(days=n)) for name, n in changes.items() if isinstance(n, int)}
    told = {"reason": "r", "entry": licence.history.get().pk, "public_note": "x", "changes": changes | days}
    assert refused(proposed, licence, "correct", two[0], **told) == [why]


@pytest.mark.parametrize("until", ["", 0, 30, -1])
def test_a_last_day_that_is_not_over_is_put_right_before_the_expiry_is_recorded_and_not_after(
    grant, two, until
):
    day = str(TODAY() + timedelta(days=until)) if until != "" else ""
    mistaken, expired = (grant(valid_until=TODAY() - timedelta(days=5)) for _ in range(2))

    def told(licence):
        entry = licence.history.first().pk
        return {"reason": "r", "entry": entry, "public_note": "x", "changes": {"valid_until": day}}

    is_over = until == -1
    assert fresh(mistaken).in_force is False
    assert by_two(mistaken, "correct", *two, **told(mistaken)).in_force is not is_over
    by_two(expired, "expire", *two, reason="r")
    if is_over:
        now = by_two(expired, "correct", *two, **told(expired))
        assert (now.state, str(now.valid_until)) == ("expired", day)
    else:
        assert refused(proposed, expired, "correct", two[0], **told(expired)) == [STAYS_EXPIRED]
        assert (fresh(expired).state, expired.history.count()) == ("expired", 2)
