from django.contrib import admin

from bench.floor.models import Case, Event, Stage


class StageInline(admin.TabularInline):
    model = Stage
    extra = 0
    readonly_fields = ("code", "order", "state")


class EventInline(admin.TabularInline):
    model = Event
    extra = 0
    readonly_fields = ("kind", "actor", "at")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("actor")


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):
    list_display = ("reference", "firm", "state", "officer", "submitted_at")
    list_select_related = ("officer",)
    list_filter = ("state",)
    list_per_page = 25
    date_hierarchy = "submitted_at"
    search_fields = ("reference",)
    inlines = (StageInline, EventInline)
