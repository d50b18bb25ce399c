"""People and bodies behind an applicant: posts, holdings."""

import uuid

from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from accounts.models import Firm
from applications.models.case import Application
from applications.models.edited import Edited
from look.kazakh import SortKey

SPACE = Value(" ")


class Person(Edited):
    """One record per human within a firm; used again in each of its applications.

    The name stands in Cyrillic, in Latin letters as in the passport, or in both. A single name is given.
    ``identifier`` is an IIN or a passport number: shown masked, and never written to the audit record.
    ``submitted_name`` is filled in by ``queries.submitted_people`` for readers of a case.
    """

    submitted_name = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="people")
    family_name = models.CharField(_("family name"), max_length=150, blank=True)
    given_names = models.CharField(_("given names"), max_length=150, blank=True)
    patronymic = models.CharField(_("patronymic, if any"), max_length=150, blank=True)
    latin_family_name = models.CharField(_("family name in Latin letters"), max_length=150, blank=True)
    latin_given_names = models.CharField(_("given names in Latin letters"), max_length=150, blank=True)
    born_on = models.DateField(_("date of birth"))
    citizenship = models.CharField(_("citizenship"), max_length=2)
    residence = models.CharField(_("country of residence"), max_length=2)
    identifier_kind = models.CharField(
        max_length=10, choices=[("iin", _("IIN")), ("passport", _("Passport"))]
    )
    identifier = models.CharField(_("IIN or passport number"), max_length=40)
    human = models.CharField(max_length=64, db_index=True)
    sort_key = models.GeneratedField(
        expression=SortKey(
            Trim(
                Case(
                    When(given_names="", then=Concat("latin_family_name", SPACE, "latin_given_names")),
                    default=Concat("family_name", SPACE, "given_names", SPACE, "patronymic"),
                )
            )
        ),
        output_field=models.CharField(max_length=500),
        db_persist=True,
    )

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "human"], name="applications_person_once_a_firm"),
            models.CheckConstraint(
                condition=~models.Q(given_names="", latin_given_names=""),
                name="applications_person_has_a_name",
            ),
        ]
        indexes = [models.Index(fields=["firm", "sort_key"])]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """In Cyrillic, or in Latin letters where there is no other spelling."""
        if not self.given_names:
            return self.latin_name
        return " ".join(part for part in (self.given_names, self.patronymic, self.family_name) if part)

    @property
    def called(self) -> str:
        """As the case that is read has the person submitted; else as on record today."""
        return self.submitted_name or self.full_name

    @property
    def latin_name(self) -> str:
        return " ".join(part for part in (self.latin_given_names, self.latin_family_name) if part)


class Post(models.Model):
    """A function of the rule book that a person is proposed for in one application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    function = models.CharField(max_length=40)

    class Meta:
        ordering = ["function", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person", "function"], name="applications_post_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.function}"


class Entity(models.Model):
    """A body or a person as a point in the chart of ownership. ``is_applicant`` marks the firm itself.

    Those with the same ``acts_with``, a name that the firm gives the group, act together as associates.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="entities")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="entities"
    )
    name = models.CharField(_("name"), max_length=250)
    country = models.CharField(_("country"), max_length=2, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True)
    is_applicant = models.BooleanField(default=False)
    acts_with = models.CharField(_("acts together with others as"), max_length=60, blank=True)
    sort_key = models.GeneratedField(
        expression=SortKey(Trim("name")), output_field=models.CharField(max_length=250), db_persist=True
    )

    class Meta:
        ordering = ["-is_applicant", "sort_key", "pk"]
        indexes = [models.Index(fields=["application", "sort_key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(is_applicant=True),
                name="applications_one_applicant",
            ),
            models.UniqueConstraint(
                fields=["application", "person"], name="applications_entity_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holding(Edited):
    """A direct holding: how much of the economic interest and of the votes, in percent.

    A nominee holds it for somebody else, ``held_for``, who has all of it. A trustee has the votes and the
    beneficiary, ``held_for``, the economic interest. ``control_how`` says by what other means than votes the
    holder controls the body; empty where it does not.
    """

    OWN, NOMINEE, TRUST = "own", "nominee", "trust"
    KINDS = ((OWN, _("For itself")), (NOMINEE, _("As nominee")), (TRUST, _("As trustee")))

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="holdings")
    owner = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="owns")
    owned = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="owned_by")
    kind = models.CharField(_("held"), max_length=7, choices=KINDS, default=OWN)
    held_for = models.ForeignKey(
        Entity, on_delete=models.CASCADE, null=True, blank=True, related_name="held_by_others"
    )
    economic = models.DecimalField(_("economic interest, %"), max_digits=7, decimal_places=4)
    voting = models.DecimalField(_("votes, %"), max_digits=7, decimal_places=4)
    control_how = models.CharField(_("control by other means"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "owned", "kind", "held_for"],
                nulls_distinct=False,
                name="applications_holding_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=models.F("owned")), name="applications_holding_of_another"
            ),
            models.CheckConstraint(
                condition=models.Q(economic__gte=0, economic__lte=100, voting__gte=0, voting__lte=100),
                name="applications_holding_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(held_for=None)
                | (
                    ~models.Q(kind="own")
                    & ~models.Q(held_for=models.F("owner"))
                    & ~models.Q(held_for=models.F("owned"))
                ),
                name="applications_holding_for_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} → {self.owned}: {self.economic} %"
