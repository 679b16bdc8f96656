"""Sets of fees for two people, and for how long a result holds."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_new_province_by_code"),
        ("procedures", "0010_places_that_nobody_asks_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="resulttype",
            name="validity_months",
            field=models.PositiveSmallIntegerField(blank=True, help_text="Empty: without an end", null=True),
        ),
        migrations.CreateModel(
            name="FeeSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "Waiting for approval"),
                            ("published", "Published"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("legal_basis", models.CharField(max_length=300)),
                ("note", models.TextField(blank=True)),
                ("decision_number", models.CharField(blank=True, max_length=60)),
                ("decision_on", models.DateField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the whole country",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.administrativeunit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(choices=[("set", "Set the amount"), ("end", "No longer taken")], default="set", max_length=4)),
                ("code", models.SlugField(max_length=60)),
                ("kind", models.CharField(choices=[("charge", "Charge"), ("levy", "Levy")], max_length=6)),
                ("name_vi", models.CharField(max_length=250)),
                ("name_en", models.CharField(blank=True, max_length=250)),
                ("amount_vnd", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "basis",
                    models.CharField(
                        choices=[("per_dossier", "Per dossier"), ("per_copy", "Per copy"), ("per_page", "Per page")],
                        default="per_dossier",
                        max_length=12,
                    ),
                ),
                ("tiers", models.JSONField(blank=True, default=list, help_text="[up_to, amount_vnd] pairs; up_to null is the rest")),
                ("cap_vnd", models.PositiveBigIntegerField(blank=True, help_text="At most this much per copy", null=True)),
                (
                    "channel",
                    models.CharField(
                        blank=True, choices=[("direct", "At a counter"), ("online", "Online"), ("postal", "By post")], max_length=8
                    ),
                ),
                ("procedure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.procedure")),
                ("fee_set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="procedures.feeset")),
            ],
        ),
        migrations.AddField(
            model_name="feerule",
            name="ended_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ended_rules", to="procedures.feeset"
            ),
        ),
        migrations.AddField(
            model_name="feerule",
            name="fee_set",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: loaded with the catalogue",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="procedures.feeset",
            ),
        ),
        migrations.AddConstraint(
            model_name="feerule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                expressions=[
                    ("procedure", "="),
                    ("code", "="),
                    ("channel", "="),
                    (django.db.models.functions.comparison.Coalesce("province_id", 0), "="),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="fee_rule_once_a_day",
                violation_error_message="This fee already has a rate in a part of the period.",
            ),
        ),
        migrations.AddIndex(
            model_name="feeset",
            index=models.Index(fields=["state", "id"], name="fee_set_by_state"),
        ),
        migrations.AddConstraint(
            model_name="feeset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True), models.Q(("approved_by", models.F("drafted_by")), _negated=True), _connector="OR"
                ),
                name="fee_set_approver_is_second_person",
                violation_error_message="The person who drafted it cannot approve it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(
                        ("approved_by__isnull", False),
                        ("effective_from__isnull", False),
                        ("published_at__isnull", False),
                        models.Q(("decision_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="published_fee_set_has_decision",
                violation_error_message="Publishing needs a decision number, an effective date and a second person.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feechange",
            constraint=models.UniqueConstraint(
                fields=("fee_set", "procedure", "code", "channel"),
                name="fee_changed_once_per_set",
                violation_error_message="This set already changes that fee for these filings.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("action", "end"), ("amount_vnd__isnull", False), _connector="OR"),
                name="fee_change_has_amount",
                violation_error_message="Say how much the fee is.",
            ),
        ),
    ]
