"""What is fixed by law or decree: provinces and reference regions."""

from django.db import models


class Province(models.TextChoices):
    """The five Flemish provinces; Brussels has none."""

    ANTWERPEN = "antwerpen", "Antwerpen"
    LIMBURG = "limburg", "Limburg"
    OOST_VLAANDEREN = "oost-vlaanderen", "Oost-Vlaanderen"
    VLAAMS_BRABANT = "vlaams-brabant", "Vlaams-Brabant"
    WEST_VLAANDEREN = "west-vlaanderen", "West-Vlaanderen"


class ReferenceRegion(models.TextChoices):
    """The fifteen regions for cooperation between municipalities (Vlaamse Regering, 4 February 2022)."""

    DENDERREGIO = "denderregio", "Denderregio"
    HALLE_VILVOORDE = "halle-vilvoorde", "Halle-Vilvoorde"
    KEMPEN = "kempen", "Kempen"
    LIMBURG = "limburg", "Limburg"
    MIDDENKUST = "middenkust", "Middenkust"
    MIDWEST = "midwest", "Midwest"
    OOST_BRABANT = "oost-brabant", "Oost-Brabant"
    ANTWERPEN = "antwerpen", "Regio Antwerpen"
    BRUGGE = "brugge", "Regio Brugge"
    GENT = "gent", "Regio Gent"
    RIVIERENLAND = "rivierenland", "Rivierenland"
    VLAAMSE_ARDENNEN = "vlaamse-ardennen", "Vlaamse Ardennen"
    WAASLAND = "waasland", "Waasland"
    WESTHOEK = "westhoek", "Westhoek"
    ZUID_WEST_VLAANDEREN = "zuid-west-vlaanderen", "Zuid-West-Vlaanderen"
