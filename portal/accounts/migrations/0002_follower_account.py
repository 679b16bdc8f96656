"""The account in whose name it is recorded that somebody acted with a dossier's code and second secret, without signing in."""

from django.db import migrations

USERNAME = "theo-doi-ho-so"


def make(apps, schema_editor):
    apps.get_model("accounts", "User").objects.get_or_create(
        username=USERNAME, defaults={"full_name": "Người giữ mã tra cứu", "kind": "service", "password": "!", "is_active": False}
    )


def remove(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(username=USERNAME).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(make, remove)]
