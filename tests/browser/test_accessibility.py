"""Every page there is, found from the addresses themselves, as a person sees it who may open it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts import services as accounts
from accounts.models import Membership
from applications.models import Application, Condition, IndividualApproval, Stage
from applications.samples.cases import fresh
from applications.services import (
    assessment,
    consultations,
    decisions,
    drafting,
    inside,
    panels,
    requests,
    rounds,
    submission,
)
from applications.services.corrections import propose_correction
from applications.services.inside import Place
from applications.services.inspections import record_inspection
from applications.services.letters import issue_letter
from applications.services.mandates import give_authority
from applications.services.meetings import ask_for_meeting
from licences.services import issue
from notifications.models import Message
from regulators import services as law
from regulators.reference.provisions import provisions_of
from regulators.services import confirm_authority_basis, enter_authority_basis, enter_reproving
from tests.plugins.cases import an_inspected, email_of, new_applicant
from tests.plugins.destroyed import destruction_of, hold_on
from tests.plugins.files import pdf
from tests.plugins.watching import Watch
from workflow.acts import acts_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Its one rule that reads style sheets anew is an experiment, which is not among these.
OF_AXE = {"runOnly": WCAG, "resultTypes": ["violations"], "preload": False}
# What other words can break on a page that is whole in English. Colours and structure are the same.
OF_WORDS = [
    "aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name", "document-title",
    "frame-title", "html-has-lang", "html-lang-valid", "image-alt", "input-button-name", "label", "link-name",
    "select-name", "summary-name", "target-size", "valid-lang",
]  # fmt: skip
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
INSIDE = ("/desk/", "/pipeline/")
PARTS = 4  # of the pages in each language: so many tests, which the workers share
QUERY = {
    "pipeline:steps": f"?act=stage.take&period={timezone.localdate():%Y-%m}",
    "pipeline:passages": "?period=12-months",
    "pipeline:load_person": "?who=nobody",
    "pipeline:friction_cases": "?type=providing-custody&requirement=BP-01&period=12-months",
}
POST_ONLY = {
    "portal:archive",
    "admin:applications_application_bulk",
    "portal:copied_ownership",
    "accounts:invite_again",
    "accounts:invite_member", "portal:capital_preview", "portal:meeting_withdraw", "portal:ownership_preview",
    "accounts:withdraw_invitation", "admin:logout", "admin:applications_application_number", "portal:detach",
    "portal:holder_remove", "portal:holding_remove", "portal:start", "portal:typed", "portal:typed_away",
    "admin:notices_read", "portal:upload", "session_again", "session_extend", "set_language",
    "portal:give", "portal:notices_read", "portal:point_give", "portal:point_detach",
    "pipeline:export_retry",
    "portal:own_give", "portal:own_detach", "portal:own_point_give", "portal:own_point_detach",
}  # fmt: skip
NO_PAGE = {
    "admin:applications_application_document", "admin:applications_application_picture",
    "portal:preview", "admin:applications_application_letter_pdf",
    "admin:applications_application_paper", "portal:paper_pdf", "portal:submission_pdf",
    "admin:applications_application_viewing",
    "admin:autocomplete", "admin:jsi18n", "health", "healthz", "portal:letter_pdf", "portal:presence",
    "mfa_download_recovery_codes", "portal:document", "readyz", "register:csv",
    "portal:authority", "law:form",
    "before:specimen_pdf", "register:json", "register:entry_json", "portal:certificate",
    "admin:applications_destruction_certificate",
    "admin:licences_licence_certificate", "portal:file_status", "portal:point_file_status",
    "portal:own_file_status", "portal:own_point_file_status", "pipeline:export",
    *(f"pipeline:{what}_{form}" for what in ("cases", "passages", "steps") for form in ("csv", "xlsx")),
}  # fmt: skip
LEADS_ELSEWHERE = {
    "accounts:second_factor",  # these of the second factor: test_passkeys.py
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "portal:invited",  # these six: tests/portal/test_people_part.py
    "portal:own",
    "portal:own_consent",
    "portal:own_point",
    "portal:own_question",
    "portal:own_file",  # these four: tests/portal/test_files_of_an_own_part.py
    "portal:own_replace",
    "portal:own_point_file",
    "portal:own_point_replace",
    "portal:point_file",  # these two: tests/portal/test_files_of_a_point.py
    "portal:point_replace",
    "portal:own_return",
    "account_confirm_login_code",
    "account_set_password",
    "admin:applications_individualapproval_change",
    "admin:applications_legalhold_change",
    "admin:applications_legalhold_changelist",
    "admin:applications_individualapproval_changelist",
    "admin:applications_stage_change",
    "admin:applications_stage_changelist",
    "admin:login",
    "admin:password_change",
    "admin:view_on_site",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "portal:decision",  # there is no decision in the scene
    "portal:resume",
}

# Of the desk, what is worked on all day is looked at in every language.
ALL_DAY = {
    "admin:applications_application_change", "admin:applications_application_stage",
    "admin:applications_application_question",
}  # fmt: skip

UNUSED = ("_add", "_delete", "_history")

# No role of a regulator opens these, there is no record to open, or the link is kept nowhere.
CLOSED = {
    "accounts:accept_staff_invitation",
    "admin:accounts_staffinvitation_change",
    "admin:licences_readinessrecord_change",
    "admin:regulators_licencetype_change",
    "admin:regulators_regulator_change",
    "admin:regulators_rulebookversion_change",
}


@dataclass(frozen=True, kw_only=True)
class Opened:
    name: str
    path: str
    user: Any  # None: a visitor


@pytest.fixture
def scene(
    case_in_review: Application, custody_firm: Any, firm_user: Any, afm: Any, afsa_staff: SimpleNamespace
) -> SimpleNamespace:
    """A case in review with something of each kind in it, a draft, a licence, an open invitation."""
    case, staff = case_in_review, afsa_staff
    draft = drafting.start_application(actor=firm_user, firm=custody_firm, licence_type=afm)
    older = afm.rulebooks.get(version="2026.1")  # a newer one is in effect: its pages have something to show
    Application.objects.filter(pk=draft.pk).update(rulebook=older)
    draft = fresh(draft)
    stage = case.stages.select_related("application").get(order=1)
    assessment.take_stage(actor=staff.reviewer, stage=stage, expected_version=stage.version)
    asked = requests.write_request(
        actor=staff.reviewer, case=case, due_on=timezone.localdate() + timedelta(days=14),
        points=[{"requirement": "BP-03", "question": "Please send the form again."}],
    )  # fmt: skip
    requests.send_request(actor=staff.reviewer, request=asked, expected_version=asked.version)
    [letter] = issue_letter(
        actor=staff.reviewer, case=case, code="request_information", about=f"request:{asked.pk}"
    )
    again = requests.write_request(
        actor=staff.reviewer, case=case, due_on=timezone.localdate() + timedelta(days=14),
        points=[{"requirement": "BP-04", "question": "And the plan."}],
    )  # fmt: skip
    requests.send_request(actor=staff.reviewer, request=again, expected_version=again.version)
    requests.write_request(
        actor=staff.reviewer, case=case, due_on=timezone.localdate() + timedelta(days=14),
        points=[{"requirement": "BP-04", "question": "This one is being written."}],
    )  # fmt: skip
    rounds.ask_about_point(actor=firm_user, point=asked.points.get(), text="Which form?")
    rounds.ask_for_time(
        actor=firm_user, request=asked, until=timezone.localdate() + timedelta(days=30), reason="Slow."
    )
    put_law_on_record(staff, case)
    hold_on(case, staff.lead_reviewer)
    destruction_of(case, staff.administrator)
    ask_for_meeting(
        actor=firm_user, firm=custody_firm, licence_type=case.licence_type, topics="The plan.",
        wished="Any day.", language="en",
    )  # fmt: skip
    basis = enter_authority_basis(
        actor=staff.administrator, licence_type=case.licence_type, act="Rules of the tests", article="1",
        scope="Custody", valid_from=date(2024, 1, 1),
    )  # fmt: skip
    confirm_authority_basis(actor=staff.second_administrator, basis=basis)
    with transaction.atomic():
        licence = issue(
            actor=staff.decision_maker, firm=custody_firm, licence_type=case.licence_type,
            authority_basis=basis, rulebook_version=str(case.rulebook), conditions=["Keep three keys."],
            case_reference="AFSA-2025-0007", granted_at=timezone.now(),
        )  # fmt: skip
    today = timezone.localdate()
    licence_notice = licence.notices.create(
        act="suspend", text="We propose.", drawn_up_by=staff.decision_maker, drawn_up_at=timezone.now(),
        served_on=today, until=today + timedelta(days=1),
    )  # fmt: skip
    said = licence_notice.representations.create(text="No.", made_on=today, recorded_by=firm_user)
    invitation, token = accounts.invite_member(
        actor=firm_user, firm_id=custody_firm.pk, email=email_of("colleague"), roles=["viewer"]
    )
    return SimpleNamespace(
        case=fresh(case), draft=draft, firm=custody_firm, firm_user=firm_user, staff=staff, licence=licence,
        licence_notice=licence_notice, said=said,
        token=token, invitation=invitation, letter=letter, notice=None, representation=None,
        correction=None,
        inspection=record_inspection(
            actor=staff.reviewer, case=case, requirement=an_inspected(case), inspected_on=today,
            place="Astana", shown="The key ceremony", found="As described.", second=staff.lead_reviewer,
            hashes=[{"sha256": "a" * 64, "name": "keys.pdf"}],
        ),
        consultation=consultations.consult(actor=staff.reviewer, case=case, body="NBK", question="Known?"),
        lost_factor=enter_reproving(actor=staff.administrator, user=staff.reviewer, reason="Seen."),
        refusal_of_person=IndividualApproval.objects.create(
            application=case, person=case.posts.get(function="cito").person, function="cito",
            state="refusal_proposed", notice="We propose to refuse.", represent_until=timezone.localdate(),
        ),
        change=submission.notify_change(actor=firm_user, case=case, text="A director leaves."),
        advising=advising_of(firm_user, custody_firm),
        comment=inside.comment(actor=firm_user, place=Place(stage=stage), text="Among ourselves."),
        condition=Condition.objects.create(application=case, number=1, text="Pay in the capital."),
    )  # fmt: skip


def advising_of(owner: Any, firm: Any) -> Membership:
    """The mandate of an adviser, with its paper."""
    guest = new_applicant("Adviser")
    today = timezone.localdate()
    _invitation, token = accounts.invite_adviser(
        actor=owner, firm_id=firm.pk, email=guest.email, role="viewer", valid_from=today, until=today
    )
    accounts.accept_invitation(actor=guest, token=token)
    mandate = guest.memberships.get()
    give_authority(actor=owner, membership_id=mandate.pk, upload=ContentFile(pdf(b"power")), name="power.pdf")
    return mandate


def put_law_on_record(staff: SimpleNamespace, case: Application) -> None:
    """A figure, a check and an announced change, each waiting for somebody."""
    today = timezone.localdate()
    source = {"act": "Rules of the tests", "provision": "1", "url": "https://example.test/"}
    law.enter_figure(
        actor=staff.administrator, licence_type=case.licence_type, code="base_capital",
        amount=Decimal(1000), valid_from=today, **source,
    )  # fmt: skip
    cited = next(iter(provisions_of(case.book.regulator).values()))
    law.record_check(
        actor=staff.second_lead_reviewer, regulator=case.licence_type.regulator, act=cited.act,
        provision=cited.name, result="as_cited", read_in_full=True, applies=True, url=source["url"],
        note="The same words.", checked_on=today, look_again_on=today + timedelta(days=365),
    )  # fmt: skip
    law.announce_change(
        actor=staff.administrator, licence_type=case.licence_type, title="Amendments of the tests",
        source="A paper", url="", announced_on=today, in_force_on=today + timedelta(days=100),
        owner=staff.lead_reviewer,
    )  # fmt: skip


def propose_refusal(scene: SimpleNamespace) -> None:
    """The same case, once a refusal is proposed, served and answered by the firm."""
    staff, case = scene.staff, scene.case
    change = scene.change
    assessment.resolve_change(actor=staff.reviewer, notice=change, resolution="No effect.", affected=[])
    ground = next(ground.code for ground in case.book.grounds if ground.quotable)
    case = decisions.recommend(
        actor=staff.lead_reviewer, case=case, expected_version=fresh(case).version, outcome="refuse",
        grounds=[ground], reason="It is not met.",
    )  # fmt: skip
    decisions.propose_refusal(
        actor=staff.decision_maker, case=case, expected_version=case.version, grounds=[ground],
        evidence="The file.", notice="We propose to refuse.",
    )  # fmt: skip
    today = timezone.localdate()
    scene.notice = decisions.record_service(
        actor=staff.case_officer, notice=case.refusal_notices.get(), served_on=today,
        until=today + timedelta(days=14), how="By post.",
    )  # fmt: skip
    scene.case = fresh(case)
    scene.representation = submission.make_representation(
        actor=scene.firm_user, case=scene.case, text="It is met after all."
    )
    scene.correction = propose_correction(
        actor=staff.case_officer, case=scene.case, record="recommendation",
        pk=case.recommendations.get().pk, old="is not met", new="is not shown", reason="A slip.",
    )  # fmt: skip
    panels.convene_panel(
        actor=staff.decision_maker, case=scene.case, expected_version=scene.case.version,
        chair=staff.decision_maker, members=[staff.second_decision_maker], quorum=2, reason="A large case.",
    )  # fmt: skip


# --- which addresses there are, and who may open them


def addresses(
    patterns: list[Any], space: str = "", before: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[str]]]:
    """The name of each, and what can stand in it."""
    for found in patterns:
        words = (*before, *found.pattern.regex.groupindex)
        if isinstance(found, URLPattern):
            if found.name:
                yield space + found.name, list(words)
        else:
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, inner, words)


OF_NOTICES = (
    "portal:licence_notice",
    *(f"admin:licences_licence_{name}" for name in ("service", "said", "withdraw")),
)


def values(scene: SimpleNamespace, name: str, *, of_person: bool) -> dict[str, list[Any]]:
    """What can stand in an address, by the name that the address gives it."""
    case = scene.case
    person = case.posts.first().person_id
    asked = ["FP-07"] if of_person else ["BP-03", *one_of_each_kind(scene.draft)]
    stages = ["fit_and_proper"] if of_person else ["business_plan", *scene.draft.book.stage_codes[1:]]
    of_licence = (
        "portal:licence_notice",
        "register:entry",
        "register:entry_json",
        "portal:licence",
        "portal:certificate",
    )
    numbers = dict.fromkeys(of_licence, scene.licence.number) | {
        "admin:applications_application_request_edit": 3
    }
    of_case = {
        **dict.fromkeys(OF_NOTICES, scene.licence_notice),
        "admin:licences_licence_answer": scene.said,
        **{
            f"admin:applications_application_consultation{name}": scene.consultation
            for name in ("", "_close", "_give")
        },
        "admin:applications_application_individual_answer": scene.refusal_of_person,
        "admin:applications_application_change_notice": scene.change,
        "admin:applications_application_service": scene.notice,
        "admin:applications_application_representation": scene.representation,
        "admin:applications_application_correction": scene.correction,
        "admin:applications_application_correction_new": case.recommendations.first(),
    }
    row = of_case.get(name)
    return {
        "pk": [1] if name.startswith("mfa_")
        else [scene.licence.pk] if name.startswith("admin:licences_")
        else [case.pk, scene.draft.pk] if name.startswith("portal:")
        else [case.pk],
        "stage": stages,
        "code": [scene.licence.certificates.get().code] if name == "register:check"
        else [case.book.code] if name.startswith(("law:", "before:")) else stages[:1],
        "version": [case.book.version], "function": [scene.refusal_of_person.function],
        "person": [scene.refusal_of_person.person_id if name == "portal:person_notice" else person],
        "requirement": [scene.inspection.requirement] if name.endswith("_inspection_new")
        else asked[:1] if name.startswith("admin:") else asked,
        "section": [case.book.sections_of(stages[0])[0].code],
        "entity": [case.entities.filter(is_applicant=False).first().pk], "period": ["year1"],
        "holding": [case.holdings.first().pk],
        "document": [a_file(case, asked[0], person if of_person else None)],
        "record": ["recommendation"],
        "letter": [scene.letter.pk], "letter_code": ["request_information"],
        "number": [numbers.get(name, 1)], "point": [1], "pk_of": [row.pk] if row else [],
        "firm_id": [scene.firm.pk],
        "invitation_id": [scene.invitation.pk], "comment": [scene.comment.pk],
        "part": [case.pk], "sheet": [1], "size": ["large"],
        "membership": [scene.advising.pk], "meeting": [1],
        "notice": [notice_of(scene, of_staff=name.startswith("admin:")).uuid],
        "membership_id": [scene.firm.memberships.first().pk], "token": [scene.token], "key": ["set-password"],
        "uidb36": ["1"], "app_label": ["applications"], "content_type_id": ["1"],
    }  # fmt: skip


def a_file(case: Application, requirement: str, person: Any) -> Any:
    """The first file of an answer."""
    answer = case.answers.get(requirement=requirement, person=person)
    return answer.files.values_list("document", flat=True).first()


def one_of_each_kind(case: Application) -> list[str]:
    """The code of a requirement with each kind of evidence that is asked once for the firm."""
    whole = [requirement for requirement in case.book.requirements if not requirement.per_person]
    return list({kind: requirement.code for requirement in whole for kind in requirement.evidence}.values())


def notice_of(scene: SimpleNamespace, *, of_staff: bool) -> Message:
    told = vars(scene.staff).values() if of_staff else [scene.firm_user]
    found = Message.objects.filter(recipient__in=told, internal=of_staff).exclude(status="withheld").first()
    assert found is not None
    return found


def of_admin(name: str, scene: SimpleNamespace) -> dict[str, list[Any]]:
    """The record, and the acts, of an address of the admin."""
    for model in admin.site._registry:
        opts = model._meta
        if name.startswith(f"admin:{opts.app_label}_{opts.model_name}_"):
            rows = [scene.case] if model is Application else list(model._default_manager.all()[:1])
            if model is Stage:
                rows = list(scene.case.stages.all()[:1])
            acts = list(acts_of(model)) if name.endswith("_act") else []
            keys = {"object_id": [row.pk for row in rows], "transition": acts}
            is_row = opts.app_label in ("regulators", "accounts") or opts.model_name == "meetingrequest"
            return keys | ({"pk": keys["object_id"]} if is_row else {})
    return {"object_id": ["1"], "transition": []}


def every_name() -> set[str]:
    return {name for name, _words in addresses(get_resolver().url_patterns)}


def named() -> set[str]:
    """The name of every address but Django's pages to add, delete and look back, which no admin here uses."""
    return {name for name in every_name() if not (name.startswith("admin:") and name.endswith(UNUSED))}


def names_of(part: int) -> set[str]:
    return set(sorted(every_name())[part::PARTS])


def paths(scene: SimpleNamespace, names: set[str]) -> Iterator[tuple[str, str]]:
    for name, wanted in addresses(get_resolver().url_patterns):
        if name not in names:
            continue
        known = values(scene, name, of_person="person" in wanted) | of_admin(name, scene)
        for chosen in product(*[known[word] for word in wanted]):
            given = dict(zip(wanted, chosen, strict=True))
            if "requirement" in given and not is_asked_there(scene, **given):
                continue
            try:
                path = reverse(name, kwargs=given)
                yield name, path + QUERY.get(name, "")
            except NoReverseMatch as error:
                raise AssertionError(f"{name}: {error}") from error


def is_asked_there(
    scene: SimpleNamespace, *, requirement: str, pk: Any = None, stage: str = "", **_given: Any
) -> bool:
    """Whether the case asks it in the stage of the address: another stage says that there is no such page."""
    asked = (scene.draft if pk == scene.draft.pk else scene.case).book.by_code.get(requirement)
    return not stage or (asked is not None and asked.stage == stage)


def browser_of(user: Any) -> Client:
    browser = Client()
    if user:
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def who_opens(scene: SimpleNamespace, language: str, names: set[str]) -> list[Opened]:
    """Each page of these names, with the first that gets it: of visitor and firm, or of the regulator's
    people. In another language than English those of visitors and firms, and ALL_DAY.
    """
    outside = [(user, browser_of(user)) for user in (None, scene.firm_user)]
    inside = [(user, browser_of(user)) for user in vars(scene.staff).values()]
    found = []
    for name, path in dict.fromkeys(paths(scene, names - POST_ONLY - NO_PAGE)):
        is_inside = path.startswith(INSIDE)
        if language != "en" and is_inside and name not in ALL_DAY:
            continue
        for user, browser in inside if is_inside else outside:
            response = browser.get(path)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                found.append(Opened(name=name, path=path, user=user))
                break
    return found


# --- what is looked at


def breaches(page: Page, language: str) -> list[str]:
    """Each breach of WCAG 2.2 A and AA as ``rule: element``; in another language than English those of
    OF_WORDS.
    """
    options = OF_AXE if language == "en" else {**OF_AXE, "runOnly": OF_WORDS}
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [f"{breach['id']}: {node['html'][:160]}" for breach in found for node in breach["nodes"]]


def faults_of(page: Page, opened: Opened, watch: Watch, language: str) -> list[str]:
    answer = page.goto(opened.path)
    assert answer is not None
    found = [f"status {answer.status}"] if answer.status != 200 else []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if not page.title().removesuffix(" – kzcustody").strip():
        found.append("no title")
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    page.set_viewport_size({"width": 320, "height": 900})
    wider = page.evaluate(WIDER)
    found += [f"{wider} px wider than 320"] if wider else []
    page.set_viewport_size({"width": 1280, "height": 900})
    found += watch.faults
    found += breaches(page, language)
    watch.faults.clear()  # what was said from here on came of the examination itself
    return found


def look_at_all(
    scene: SimpleNamespace,
    open_page: Callable[..., Page],
    sign_in: Any,
    live_server: Any,
    language: str,
    names: set[str],
) -> tuple[set[str], dict[str, list[str]], list[str]]:
    """Which pages were seen, the faults of each, and the requests that were refused."""
    watch = Watch(live_server.url)
    pages: dict[Any, Page] = {}
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
    for change in (None, propose_refusal):
        if change:
            change(scene)
        for opened in who_opens(scene, language, names - seen):
            if opened.user not in pages:
                page = watch.follow(open_page())
                page.context.add_cookies([cookie])
                page.add_init_script(AXE_SCRIPT)
                pages[opened.user] = sign_in(page, opened.user) if opened.user else page
            found = faults_of(pages[opened.user], opened, watch, language)
            if found:
                faults[f"{opened.name} {opened.path}"] = found
            seen.add(opened.name)
    return seen, faults, watch.refused


@pytest.mark.parametrize("language", ["en", "kk"])
def test_what_breaks_a_page_is_found(open_page: Callable[..., Page], language: str) -> None:
    page = open_page()
    page.add_init_script(AXE_SCRIPT)
    page.goto("about:blank")
    page.set_content(f'<html lang="{language}"><title>A page</title><main><h1>A page</h1><button></button>')
    assert breaches(page, language) == ["button-name: <button></button>"]


LISTED = POST_ONLY | NO_PAGE | LEADS_ELSEWHERE | CLOSED


def test_the_lists_have_only_addresses_that_there_are() -> None:
    assert sorted(LISTED - named()) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page(
    scene: SimpleNamespace, open_page: Callable[..., Page], sign_in: Any, live_server: Any, part: int
) -> None:
    names = names_of(part)
    seen, faults, refused = look_at_all(scene, open_page, sign_in, live_server, "en", names)
    assert faults == {}
    assert refused == []
    assert seen & LISTED == set()
    assert sorted((names & named()) - seen) == sorted(names & LISTED)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_page_of_the_firm_and_of_visitors(
    scene: SimpleNamespace, open_page: Callable[..., Page], sign_in: Any, live_server: Any, language: str,
    part: int,
) -> None:  # fmt: skip
    names = names_of(part)
    seen, faults, refused = look_at_all(scene, open_page, sign_in, live_server, language, names)
    assert faults == {}
    assert refused == []
    outside = {name for name in names & named() if not name.startswith(("admin:", "pipeline:"))}
    assert sorted(outside - seen - LISTED) == []
