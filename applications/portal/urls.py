from django.urls import path

from applications.portal.views import (
    afterwards,
    capital,
    cases,
    checklist,
    files,
    firms,
    inside,
    letters,
    meetings,
    own,
    ownership,
    paper,
    people,
    person_part,
    point_files,
    presence,
    stages,
    submission,
    typed,
    versions,
)

QUESTION = "<uuid:pk>/stages/<slug:stage>/<slug:requirement>/"
OF_PERSON = QUESTION + "<uuid:person>/"
POINT = "<uuid:pk>/requests/<int:number>/points/<int:point>/"

app_name = "portal"
urlpatterns = [
    path("", cases.home, name="home"),
    path("start/", cases.start, name="start"),
    path("resume/", cases.resume, name="resume"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:meeting>/withdraw/", meetings.meeting_withdraw, name="meeting_withdraw"),
    path("firms/<uuid:firm_id>/data/", firms.firm_correct, name="firm_correct"),
    path("firms/<uuid:firm_id>/history/", firms.firm_history, name="firm_history"),
    path("documents/<uuid:document>/", afterwards.document, name="document"),
    path("typed/", typed.typed, name="typed"),
    path("typed/away/", typed.typed_away, name="typed_away"),
    path("<uuid:pk>/", cases.case, name="case"),
    path("<uuid:pk>/stages/<slug:stage>/", stages.stage, name="stage"),
    path("<uuid:pk>/stages/<slug:stage>/together/<slug:section>/", checklist.checklist, name="checklist"),
    path(QUESTION, stages.question, name="question"),
    path(OF_PERSON, stages.question, name="question"),
    *(
        path(question + address, view, name=name)
        for question in (QUESTION, OF_PERSON)
        for address, view, name in (
            ("upload/", files.upload, "upload"),
            ("detach/", files.detach, "detach"),
            ("file/", files.give, "give"),
            ("pick/", files.pick, "pick"),
            ("files/<uuid:document>/", files.file, "file"),
            ("files/<uuid:document>/replace/", files.replace, "replace"),
            ("files/<uuid:document>/status/", files.file_status, "file_status"),
        )
    ),
    path("<uuid:pk>/inside/<slug:stage>/", inside.inside, name="inside"),
    path("<uuid:pk>/inside/<slug:stage>/<slug:requirement>/", inside.inside, name="inside"),
    path("<uuid:pk>/inside/<slug:stage>/<slug:requirement>/<uuid:person>/", inside.inside, name="inside"),
    path("<uuid:pk>/inside-section/<slug:stage>/<slug:section>/", inside.inside, name="inside_section"),
    path(
        "<uuid:pk>/inside-comment/<slug:stage>/<int:comment>/", inside.inside_comment, name="inside_comment"
    ),
    path("<uuid:pk>/presence/", presence.presence, name="presence"),
    path("<uuid:pk>/people/", people.people, name="people"),
    path("<uuid:pk>/people/add/", people.person, name="person"),
    path("<uuid:pk>/people/<uuid:person>/", people.person, name="person"),
    path("<uuid:pk>/people/<uuid:person>/questions/", people.person_questions, name="person_questions"),
    path("<uuid:pk>/people/<uuid:person>/remove/", people.person_remove, name="person_remove"),
    path("<uuid:pk>/people/<uuid:person>/invite/", person_part.person_invite, name="person_invite"),
    path("<uuid:pk>/people/<uuid:person>/consent/", person_part.person_consent, name="person_consent"),
    path("invited/<str:token>/", person_part.invited, name="invited"),
    path("own/<uuid:part>/", own.own, name="own"),
    path("own/<uuid:part>/questions/<slug:requirement>/", own.own_question, name="own_question"),
    path("own/<uuid:part>/points/<int:point>/", own.own_point, name="own_point"),
    path("own/<uuid:part>/consent/", own.own_consent, name="own_consent"),
    path("own/<uuid:part>/return/", own.own_return, name="own_return"),
    path("<uuid:pk>/ownership/", ownership.ownership, name="ownership"),
    path("<uuid:pk>/ownership/<uuid:entity>/remove/", ownership.holder_remove, name="holder_remove"),
    path("<uuid:pk>/ownership/preview/", ownership.preview, name="ownership_preview"),
    path("<uuid:pk>/ownership/together/", ownership.groups, name="groups"),
    path(
        "<uuid:pk>/ownership/holdings/<int:holding>/remove/", ownership.holding_remove, name="holding_remove"
    ),
    path("<uuid:pk>/capital/", capital.capital, name="capital"),
    path("<uuid:pk>/capital/<slug:period>/", capital.capital, name="capital"),
    path("<uuid:pk>/capital/<slug:period>/preview/", capital.preview, name="capital_preview"),
    path("<uuid:pk>/accounts-rate/", capital.accounts_rate, name="accounts_rate"),
    path("<uuid:pk>/version/", versions.version, name="version"),
    path("<uuid:pk>/check/", submission.check, name="check"),
    path("<uuid:pk>/declare/", submission.declare, name="declare"),
    path("<uuid:pk>/submitted/", submission.submitted, name="submitted"),
    path("<uuid:pk>/application/", paper.paper, name="paper"),
    path("<uuid:pk>/application/pdf/", paper.paper_pdf, name="paper_pdf"),
    path("<uuid:pk>/submissions/<int:number>/", paper.submission, name="submission"),
    path("<uuid:pk>/submissions/<int:number>/pdf/", paper.submission_pdf, name="submission_pdf"),
    path("<uuid:pk>/withdraw/", submission.withdraw, name="withdraw"),
    path("<uuid:pk>/discard/", submission.discard, name="discard"),
    path("<uuid:pk>/requests/<int:number>/", afterwards.information_request, name="request"),
    path(POINT + "file/", point_files.point_give, name="point_give"),
    path(POINT + "files/<uuid:document>/status/", point_files.point_file_status, name="point_file_status"),
    path("<uuid:pk>/letters/<int:letter>/", letters.letter, name="letter"),
    path("<uuid:pk>/letters/<int:letter>/pdf/", letters.letter_pdf, name="letter_pdf"),
    path("<uuid:pk>/change/", afterwards.change, name="change"),
    path("<uuid:pk>/representation/", afterwards.representation, name="representation"),
]
