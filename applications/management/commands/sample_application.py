from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Make a firm with a valid BIN and its complete application: nine people, holdings, capital, an "
        "answer to every requirement, real PDF, DOCX and XLSX files. Production settings refuse it."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--regulator", choices=["AFSA", "AFM"], default="AFSA")
        parser.add_argument("--serial", type=int, default=700, help="another number makes another firm")
        parser.add_argument("--submit", action="store_true", help="submit it too")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SAMPLES_ALLOWED:
            raise CommandError("Production settings refuse sample data.")
        from applications.samples import cases, firms  # the sample tools are not installed in production
        from applications.samples.staff import PASSWORD
        from regulators.models import LicenceType

        serial = options["serial"]
        email = f"sample{serial}@applicant.test"
        licence_type = LicenceType.objects.filter(regulator__code=options["regulator"]).first()
        if licence_type is None:
            raise CommandError("No rule books are loaded. Run: manage.py load_rulebooks")
        found = firms.founder(
            email=email, person="Ғалым Әлімжанов", name=f"Altyn Qoima Custody {serial} Ltd", serial=serial
        )
        if found is None:
            raise CommandError(f"The sample firm {serial} is there already. Choose another --serial.")
        user, firm, _was_begun = found
        upto = "submit" if options["submit"] else "fill"
        case = cases.walk(
            actor=user, firm=firm, licence_type=licence_type, upto=upto, desk=None, serial=1000 + serial * 10
        )
        firms.note_made(user)
        self.stdout.write(f"{firm.name}: {case.get_state_display()} {case.reference or ''}".rstrip())
        self.stdout.write(f"Sign in as {email} with the password {PASSWORD}")
