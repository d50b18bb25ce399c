import os

from django.core.wsgi import get_wsgi_application

from kzcustody_site import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kzcustody_site.settings")
environment.refuse_owner()
application = get_wsgi_application()
