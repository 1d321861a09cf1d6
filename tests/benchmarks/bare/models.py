from django.db import models


class Guest(models.Model):
    """A guest in one table, with the index that its list is read by."""

    event_id = models.IntegerField()
    public_id = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    answer = models.CharField(max_length=10, default="waiting")
    inside_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["event_id", "name"], name="bare_by_name")]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """A row that an answer or a webhook leaves behind."""

    about = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.about
