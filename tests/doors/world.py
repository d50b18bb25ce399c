"""What stands behind the doors: two firms, two regulators with their staff, and a case for each state.

``ours`` are the objects of the firm and of the regulator that it applies to; ``theirs`` those of the other
firm, which applies to the other regulator. Rows are made directly: a door does not
care how a case came there.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import Firm, FirmInvitation, Membership, StaffInvitation, User
from accounts.tokens import hash_token
from applications.asked import Question, questions
from applications.models import (
    Answer,
    AnswerFile,
    Application,
    Authority,
    ChangeNotice,
    Condition,
    Consultation,
    Correction,
    Decision,
    Entity,
    Export,
    ExtensionRequest,
    Holding,
    IndividualApproval,
    InformationRequest,
    InsideNote,
    Inspection,
    IssuedLetter,
    MeetingRequest,
    Panel,
    PanelMember,
    Person,
    PersonAccess,
    PointFile,
    PointMessage,
    Post,
    Recommendation,
    RefusalNotice,
    Representation,
    RequestPoint,
    Snapshot,
    Stage,
)
from applications.queries.drafts import load_draft
from applications.services.consents import give_consent
from applications.services.snapshots import take_snapshot
from documents import storage
from documents.models import Document
from licences.models import Licence, ReadinessRecord
from licences.services.certifying import certify
from notifications.models import Message
from regulators import services as regulators
from regulators.models import (
    AuthorityBasis,
    CitationCheck,
    KeepingPeriod,
    LegalValue,
    LicenceType,
    PendingChange,
    Reproving,
)
from regulators.queries import current_pin
from tests.machines.world import everybody
from tests.plugins import cases, files
from tests.plugins.destroyed import destruction_of, hold_on
from tests.plugins.passkeys import passkey_of

ACTORS = {
    "viewer": "viewer",
    "editor": "editor",
    "signatory": "signatory",
    "owner": "owner",
    "stranger": "other_firm",
    "officer": "case_officer",
    "specialist": "specialist",
    "reviewer": "reviewer",
    "lead": "lead_reviewer",
    "decider": "decision_maker",
    "admin": "administrator",
    "other_reviewer": "other_regulators_reviewer",
    "other_decider": "other_regulators_decision_maker",
}
BODY = files.pdf(b"evidence")
AMONG_OURSELVES = "kanarienvogel among ourselves"


@contextmanager
def quick_settings(folder: Any) -> Iterator[None]:
    """Documents in a folder of their own, no scanner, no limit to how often one knocks."""
    with override_settings(
        STORAGES=settings.STORAGES | files.two_stores(folder),
        CLAMD_ADDRESS="",
        ACCOUNT_RATE_LIMITS=False,
        MFA_RATE_LIMITS=False,
    ):
        yield


def make_world() -> SimpleNamespace:
    regulators.load_rulebooks(actor=cases.SHELL)
    kind = LicenceType.objects.select_related("regulator").get(code="providing-custody")
    other_kind = LicenceType.objects.select_related("regulator").get(code="national-custody")
    staff, others = cases.people_of_regulator(kind), cases.people_of_regulator(other_kind)
    firm = cases.new_firm(cases.new_applicant("Founder"), "Altyn Custody Ltd")
    known = everybody(firm=firm, licence_type=kind, staff=staff, others=others)
    actors = {word: known[name] for word, name in ACTORS.items()}
    actors["invited"] = cases.new_applicant("Invited Person")
    actors["adviser"] = cases.new_applicant("Adviser")
    other_firm = actors["stranger"].memberships.first().firm
    ours = _side(firm, actors["owner"], staff, kind, "OUR", actors["invited"], actors["adviser"])
    other_person, other_adviser = cases.new_applicant("Invited Elsewhere"), cases.new_applicant("Else")
    theirs = _side(other_firm, actors["stranger"], others, other_kind, "THEIR", other_person, other_adviser)
    return SimpleNamespace(
        actors={**actors, "other_admin": others.administrator},
        ours=ours,
        theirs=theirs,
        firm=firm,
        other_firm=other_firm,
        staff=[user.full_name for user in vars(staff).values()],
        other_staff=[user.full_name for user in vars(others).values()],
    )


def _side(
    firm: Firm, member: User, staff: Any, kind: LicenceType, word: str, invited: User, adviser: User
) -> SimpleNamespace:
    """The objects of one firm and its regulator; ``.draft`` and ``.review`` those of its two cases."""
    licence = _licence(firm, staff, kind, f"{word}-L-1")
    today = timezone.localdate()
    licence_notice = licence.notices.create(
        act="suspend", text="We propose.", drawn_up_by=staff.decision_maker, drawn_up_at=timezone.now(),
        served_on=today, until=today + timedelta(days=1),
    )  # fmt: skip
    said = licence_notice.representations.create(text="No.", made_on=today, recorded_by=member)
    return SimpleNamespace(
        firm=firm,
        staff=staff,
        licence_type=kind,
        membership=firm.memberships.filter(user=member).first(),
        licence=licence,
        licence_notice=licence_notice,
        said=said,
        readiness=ReadinessRecord.objects.create(
            reference=f"{word}-R-1",
            firm=firm,
            licence_type=kind,
            regulator=kind.regulator.code,
            rulebook_version="1",
            content_hash="0" * 64,
            recorded_by_name="Nobody",
        ),
        review=(review := _case(firm, member, staff, kind, "in_review", f"{word}-2026-1", invited)),
        draft=_case(firm, member, staff, kind, "draft", "", invited),
        advising=_advising(firm, member, adviser, review.question.requirement.stage),
        message=_message(member, review.case, word),
        staff_message=_message(staff.reviewer, review.case, f"{word}-STAFF", internal=True),
        **_accounts(firm, member, staff, word),
        **_law(staff, kind),
        export=Export.objects.create(
            owner=staff.lead_reviewer,
            what="cases",
            format="csv",
            language="en",
            status="done",
            regulators=[kind.regulator_id],
            asked_at=timezone.now(),
            ended_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=7),
        ),
        meeting=MeetingRequest.objects.create(
            firm=firm,
            licence_type=kind,
            topics=f"{word} plan",
            wished="Any day",
            language="en",
            asked_by=member,
        ),
    )


def _advising(firm: Firm, member: User, adviser: User, stage: str) -> Membership:
    """A mandate in force to edit in one stage, with its paper."""
    today = timezone.localdate()
    mandate = Membership.objects.create(
        firm=firm, user=adviser, role="editor", kind="adviser", valid_from=today, until=today,
        scope=[stage], granted_by=member,
    )  # fmt: skip
    Authority.objects.create(
        membership=mandate, document=_document(member, "authority.pdf", sealed=False), added_by=member
    )
    return mandate


def _law(staff: Any, kind: LicenceType) -> dict[str, Any]:
    """What staff put on record about the law; nobody confirmed or settled it yet."""
    soon = timezone.localdate() + timedelta(days=300)
    source = {"act": "Sample act", "provision": "1", "url": "https://example.test/"}
    by_administrator = {
        "entered_by": staff.second_administrator,
        "entered_human": staff.second_administrator.human,
    }
    by_lead = {"entered_by": staff.second_lead_reviewer, "entered_human": staff.second_lead_reviewer.human}
    return {
        "figure": LegalValue.objects.create(
            licence_type=kind, code="a_figure", amount=1, valid_from=soon, **source, **by_administrator
        ),
        "keeping_period": KeepingPeriod.objects.create(
            regulator=kind.regulator, years=5, valid_from=soon, **source, **by_administrator
        ),
        "check": CitationCheck.objects.create(
            regulator=kind.regulator,
            result="as_cited",
            read_in_full=True,
            applies=True,
            note="The same.",
            checked_on=timezone.localdate(),
            look_again_on=soon,
            **source,
            **by_lead,
        ),
        "reproving": Reproving.objects.create(
            user=staff.reviewer,
            human=staff.reviewer.human,
            regulator=kind.regulator,
            reason="Seen.",
            entered_by=staff.second_administrator,
            entered_human=staff.second_administrator.human,
        ),
        "law_change": PendingChange.objects.create(
            licence_type=kind,
            title="A change",
            source="A paper",
            announced_on=timezone.localdate(),
            owner=staff.administrator,
        ),
    }


def _accounts(firm: Firm, member: User, staff: Any, word: str) -> dict[str, Any]:
    soon = timezone.now() + timedelta(days=3)
    address, _made = EmailAddress.objects.get_or_create(user=member, email=member.email)
    return {
        "passkey": passkey_of(member),
        "second_factor": Authenticator.objects.create(user=staff.reviewer, type="totp", data={}),
        "confirmation": EmailConfirmationHMAC(address).key,
        "token": f"token-of-{word}",
        "invitation": FirmInvitation.objects.create(
            firm=firm,
            roles=["viewer"],
            email=f"{word}@example.test".lower(),
            expires_at=soon,
            token_hash=hash_token(f"token-of-{word}"),
            invited_by=member,
        ),
        "staff_invitation": StaffInvitation.objects.create(
            full_name=f"Invited {word}",
            email=f"staff-{word}@example.test".lower(),
            expires_at=soon,
            token_hash=hash_token(f"token-of-{word}"),
            human=f"human-{word}",
            invited_by=staff.administrator,
        ),
    }


def _licence(firm: Firm, staff: Any, kind: LicenceType, number: str) -> Licence:
    today = timezone.localdate()
    entered, confirmed = staff.administrator, staff.second_administrator
    basis = AuthorityBasis.objects.create(
        licence_type=kind,
        act="Sample act",
        article="1",
        scope="custody",
        valid_from=today,
        entered_by=entered,
        entered_human=entered.human,
        confirmed_by=confirmed,
        confirmed_human=confirmed.human,
    )
    licence = Licence.objects.create(
        number=number,
        firm=firm,
        firm_name=firm.name,
        licence_type=kind,
        regulator=kind.regulator.code,
        authority_basis=basis,
        granted_at=timezone.now(),
        search_text=firm.name.lower(),
    )
    certify(licence)
    return licence


def _message(to: User, case: Application, word: str, *, internal: bool = False) -> Message:
    return Message.objects.create(
        about=[case.audit_subject],
        internal=internal,
        key=f"key {word}",
        url=f"{settings.BASE_URL}/applications/{case.pk}/",
        recipient=to,
        email=to.email,
        language="en",
        template="case_submitted",
        subject_ref=f"NEWS-{word}",
        subject=f"News of {word}",
        body_text=f"Text of {word}",
        message_id=f"<{word}@example.test>",
        next_attempt_at=timezone.now(),
    )


def _case(
    firm: Firm, member: User, staff: Any, kind: LicenceType, state: str, reference: str, invited: User
) -> SimpleNamespace:
    now = timezone.now()
    case = Application.objects.create(
        firm=firm,
        licence_type=kind,
        rulebook=current_pin(kind),
        state=state,
        created_by=member,
        reference=reference or None,
        submitted_at=now if reference else None,
        accepted_at=now if reference else None,
    )
    stages = Stage.objects.bulk_create(
        Stage(application=case, code=code, order=n, state="in_review" if reference else "in_progress")
        for n, code in enumerate(case.book.stage_codes)
    )
    person = Person.objects.create(
        firm=firm,
        given_names="Дана",
        family_name="Сынақова",
        born_on="1988-07-25",
        citizenship="IE",
        residence="KZ",
        identifier_kind="passport",
        identifier=cases.passport(),
        human=f"{case.pk.hex:0<64}",
    )
    Post.objects.create(application=case, person=person, function=case.book.functions[0].code)
    applicant = Entity.objects.create(application=case, name=firm.name, country="KZ", is_applicant=True)
    holder = Entity.objects.create(application=case, name="Holder LLP", country="KZ")
    Holding.objects.create(application=case, owner=holder, owned=applicant, economic=60, voting=60)
    asked = questions(load_draft(case))
    with_files = [q for q in asked if "documents" in q.requirement.evidence]
    question = next(q for q in with_files if q.person_id is None)
    question_of_person = next(q for q in with_files if q.person_id == person.pk)
    document = _file(case, member, question, None)
    document_of_person = _file(case, member, question_of_person, person)
    if reference:
        take_snapshot(
            case, actor=member, declaration={"text": "True.", "role": "Director", "name": "Founder"}
        )
    return SimpleNamespace(
        case=case,
        stage=stages[0],
        person=person,
        individual=IndividualApproval.objects.create(
            application=case, person=person, function=case.book.functions[0].code
        ),
        refusal_of_person=IndividualApproval.objects.create(
            application=case,
            person=person,
            function=case.book.functions[1].code,
            state="refusal_proposed",
            notice="We mean to refuse.",
            represent_until=timezone.localdate(),
        ),
        hold=hold_on(case, staff.lead_reviewer),
        destruction=destruction_of(case, staff.administrator),
        applicant=applicant,
        holder=holder,
        document=document,
        question=question,
        question_of_person=question_of_person,
        document_of_person=document_of_person,
        comment=InsideNote.objects.create(
            application=case,
            kind="comment",
            stage=question.requirement.stage,
            requirement=question.requirement.code,
            by=member,
            at=now,
            text=AMONG_OURSELVES,
        ),
        **(after := _after_submission(case, member, staff, question.requirement.code)),
        **_own_part(case, member, invited, after["request"], question_of_person),
    )


def _own_part(
    case: Application, member: User, invited: User, request: InformationRequest, question: Question
) -> dict[str, Any]:
    """A person who accepted, has agreed and is asked something; and another who is invited."""
    soon, token = timezone.now() + timedelta(days=3), f"token-of-a-part-{case.pk}"
    people = [
        Person.objects.create(
            firm=case.firm, given_names=name, born_on="1988-07-25", citizenship="IE", residence="KZ",
            identifier_kind="passport", identifier=cases.passport(), human=f"{name}{case.pk.hex:0<60}",
        )
        for name in ("own", "yet")
    ]  # fmt: skip
    for person in people:
        Post.objects.create(application=case, person=person, function=case.book.functions[0].code)
    common = {"application": case, "language": "en", "invited_by": member, "expires_at": soon}
    part = PersonAccess.objects.create(
        **common, person=people[0], email=invited.email, user=invited, accepted_at=timezone.now(),
        token_hash=hash_token(f"used-{case.pk}"),
    )  # fmt: skip
    PersonAccess.objects.create(
        **common, person=people[1], email="yet@example.test", token_hash=hash_token(token)
    )
    give_consent(actor=invited, case_id=case.pk, person=people[0], language="en")
    code = question.requirement.code
    point = RequestPoint.objects.create(
        request=request, number=2, requirement=code, question="Why?", person=people[0]
    )
    return {
        "part": part,
        "invitation_token": token,
        "point_of_person": point,
        "document_of_own_part": _file(case, member, question, people[0]),
        "document_of_own_point": _file_of_point(point, member),
    }


def _after_submission(case: Application, member: User, staff: Any, requirement: str) -> dict[str, Any]:
    """Also for the draft, so that its doors are shut by the state and not for want of a row."""
    today, reviewer = timezone.localdate(), staff.reviewer
    request = InformationRequest.objects.create(
        application=case,
        number=1,
        status="sent",
        due_on=today,
        written_by=reviewer,
        sent_at=timezone.now(),
    )
    InformationRequest.objects.create(application=case, number=2, due_on=today, written_by=reviewer)
    point = RequestPoint.objects.create(request=request, number=1, requirement=requirement, question="Why?")
    PointMessage.objects.create(point=point, from_firm=True, text="Which?", by=member)
    ExtensionRequest.objects.create(request=request, until=today, reason="Slow", asked_by=member)
    notice = RefusalNotice.objects.create(
        application=case,
        grounds=[],
        evidence="Evidence",
        text="Notice",
        proposed_by=staff.decision_maker,
        proposed_at=timezone.now(),
        served_on=today,
        representations_until=today,
    )
    return {
        "request": request,
        "point": point,
        "document_of_point": _file_of_point(point, member),
        "letter": IssuedLetter.objects.create(
            application=case,
            code="return_incomplete",
            about="check:0",
            language="en",
            title="A letter",
            text="To the firm",
            powers=[],
            law={"book": "", "version": "", "as_at": ""},
            by=staff.case_officer,
            at=timezone.now(),
        ),
        "inspection": Inspection.objects.create(
            application=case,
            number=1,
            requirement=cases.an_inspected(case),
            inspected_on=today,
            place="A place",
            shown="Keys",
            found="Well kept",
            written_by=reviewer,
            second=staff.lead_reviewer,
        ),
        "consultation": Consultation.objects.create(
            application=case, body="A body", question="What?", asked_by=reviewer
        ),
        "change": ChangeNotice.objects.create(application=case, text="A change", notified_by=member),
        "condition": Condition.objects.create(application=case, number=1, text="A condition"),
        "notice": notice,
        "representation": Representation.objects.create(notice=notice, text="We disagree", made_by=member),
        "panel": _panel(case, staff),
        "correction": _correction(case, staff),
    }


def _correction(case: Application, staff: Any) -> Correction:
    """Of a decision that the page of a proposal is about too, which is not answered yet."""
    decision = Decision.objects.create(
        application=case, snapshot=_any_snapshot(case), kind="reopen", reason="A slop.", law={},
        by=staff.decision_maker, at=timezone.now(),
    )  # fmt: skip
    return Correction.objects.create(
        application=case, record="decision", record_pk=decision.pk, old="slop", new="slip", reason="A slip.",
        proposed_by=staff.second_decision_maker, proposed_human=staff.second_decision_maker.human,
        proposed_at=timezone.now(),
    )  # fmt: skip


def _panel(case: Application, staff: Any) -> Panel:
    """One that sits, with everybody of the staff on it."""
    recommended = Recommendation.objects.create(
        application=case, snapshot=_any_snapshot(case), outcome="grant",
        reason="Good", law={}, by=staff.lead_reviewer, at=timezone.now(),
    )  # fmt: skip
    panel = Panel.objects.create(
        application=case, recommendation=recommended, number=1, question="grant", quorum=2, reason="Large",
        convened_by=staff.decision_maker, convened_at=timezone.now(),
    )  # fmt: skip
    PanelMember.objects.bulk_create(
        PanelMember(panel=panel, user=user, human=user.human, is_chair=user == staff.decision_maker)
        for user in vars(staff).values()
    )
    return panel


def _any_snapshot(case: Application) -> Snapshot:
    """A draft has none: that of the firm's other case."""
    return Snapshot.objects.filter(application__firm=case.firm).latest("number")


def _file(case: Application, member: User, question: Question, person: Person | None) -> Document:
    code = question.requirement.code
    document = _document(member, f"{code}.pdf", sealed=case.submitted_at is not None)
    answer = Answer.objects.create(application=case, requirement=code, person=person, updated_by=member)
    AnswerFile.objects.create(answer=answer, document=document, added_by=member)
    return document


def _file_of_point(point: RequestPoint, member: User) -> Document:
    document = _document(member, "minute.pdf", sealed=False)
    PointFile.objects.create(point=point, document=document)
    return document


def _document(member: User, name: str, *, sealed: bool) -> Document:
    key = storage.new_key()
    storage.put(key, io.BytesIO(BODY))
    return Document.objects.create(
        key=key,
        name=name,
        size=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        extension="pdf",
        content_type="application/pdf",
        sealed=sealed,
        uploaded_by=member,
        uploaded_by_name=member.full_name,
        status="clean",
    )
