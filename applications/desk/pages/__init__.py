"""The pages of one case inside the admin, other than the case itself and its acts."""

from applications.desk.pages import (
    file,
    intake,
    letters,
    outcome,
    paper,
    requests,
    review,
    rounds,
    stage,
    version,
)
from applications.desk.pages.base import Page

PAGES: tuple[type[Page], ...] = (
    stage.StagePage,
    file.DocumentPage,
    file.PreviewPage,
    file.PicturePage,
    paper.PaperPage,
    intake.CompletenessPage,
    intake.FeePage,
    intake.AssignPage,
    requests.NewRequestPage,
    requests.RequestPage,
    requests.EditRequestPage,
    rounds.ReplyPage,
    rounds.ExtensionPage,
    review.NotePage,
    review.ConsultPage,
    review.FinishConsultationPage,
    review.ConflictPage,
    review.ChangePage,
    version.VersionPage,
    letters.LettersPage,
    letters.IssuePage,
    letters.LetterPage,
    letters.LetterPdfPage,
    outcome.ConditionPage,
    outcome.ServicePage,
    outcome.RepresentationPage,
)
