import pytest

from tests.plugins.cases import accept, fresh


@pytest.fixture
def reviewed(submitted_afm_case, afm_staff):
    """A case of the national track in review."""
    accept(submitted_afm_case, afm_staff.case_officer)
    return fresh(submitted_afm_case)
