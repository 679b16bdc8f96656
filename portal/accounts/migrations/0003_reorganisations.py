"""A post that goes on at the successor knows the one it came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_follower_account"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="inherited_from",
            field=models.ForeignKey(
                blank=True,
                help_text="The post at the predecessor that goes on here",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inherited",
                to="accounts.membership",
            ),
        ),
    ]
