"""What every page may need."""


def portal(request):
    return {}
