import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from kzcustody_site import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kzcustody_site.settings")
environment.refuse_owner()
application = get_wsgi_application()
# The views are loaded now, not by the first who asks. What start-up made stays: the collector looked through
# it again and again, which took a tenth of a page.
list(get_resolver().url_patterns)
gc.collect()
gc.freeze()
