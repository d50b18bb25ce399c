"""What a correction of the firm's data changes in its applications."""

from accounts.models import Firm
from applications.models import Entity
from applications.services.standing import keep_words_of_firm
from applications.states import WITH_THE_FIRM


def on_firm_corrected(firm: Firm) -> None:
    """The firm's node in the ownership chart of each application that is with the firm has its name and
    country again. What was submitted is in the snapshots, which stay as they are; a filed case is found by
    the new data too.
    """
    nodes = Entity.objects.filter(is_applicant=True, application__firm=firm)
    nodes.filter(application__state__in=WITH_THE_FIRM).update(name=firm.name, country=firm.country)
    keep_words_of_firm(firm)
