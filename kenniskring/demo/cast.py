"""Who plays in the demo. Every person and firm is invented; the governments are real."""

from typing import NamedTuple


class Player(NamedTuple):
    """A person in a circle: name, function, slug of the government."""

    name: str
    job_title: str
    government: str
    address: str = ""  # before @demo.example; made from the name when empty

    @property
    def email(self) -> str:
        return f"{self.address or self.name.lower().replace(' ', '.')}@demo.example"


class Troupe(NamedTuple):
    """A circle with its people; the first is the trekker."""

    circle: str
    players: tuple[Player, ...]


MANAGER = Player("Veerle Fictie", "community manager", "", "beheer")

ICT, HEAD, GIS = "ICT-medewerker", "diensthoofd ICT", "GIS-coördinator"
SYSTEMS, APPS, PROJECTS = "systeembeheerder", "applicatiebeheerder", "projectleider digitalisering"
DPO, RECORDS, SAFETY = "functionaris voor gegevensbescherming", "archivaris", "informatieveiligheidsconsulent"

TROUPES = (
    Troupe(
        "waasland",
        (
            Player("Wout Testelaer", HEAD, "temse", "trekker.waasland"),
            Player("Lies Voorbeeld", ICT, "lokeren", "lid.waasland"),
            Player("Bieke Verzonnen", PROJECTS, "sint-niklaas", "lid.beide"),
            Player("Joris Denkbeeld", SYSTEMS, "sint-niklaas"),
            Player("Hanne Nepmans", GIS, "beveren-kruibeke-zwijndrecht"),
            Player("Piet Stelvoor", APPS, "beveren-kruibeke-zwijndrecht"),
            Player("Roos Doealsof", DPO, "lokeren"),
            Player("Gust Proefkonijn", ICT, "stekene"),
            Player("Mieke Zogezegd", RECORDS, "waasmunster"),
            Player("Stan Dummermans", SYSTEMS, "sint-gillis-waas"),
            Player("Noor Sjabloon", SAFETY, "temse"),
        ),
    ),
    Troupe(
        "kempen",
        (
            Player("Karel Proefman", HEAD, "geel", "trekker.kempen"),
            Player("Kato Modelaers", ICT, "herentals", "lid.kempen"),
            Player("Dries Luchtkasteel", SYSTEMS, "turnhout"),
            Player("Fien Bedacht", GIS, "mol"),
            Player("Wannes Papierman", APPS, "hoogstraten"),
            Player("Greet Fantasie", RECORDS, "westerlo"),
            Player("Bram Kladversie", ICT, "kasterlee"),
            Player("Ilse Droombeeld", DPO, "balen"),
            Player("Toon Schijnbaer", PROJECTS, "turnhout"),
        ),
    ),
    Troupe(
        "gent",
        (
            Player("Griet Plaatshouder", HEAD, "deinze", "trekker.gent"),
            Player("Mathijs Neemaan", SYSTEMS, "gent"),
            Player("Sofie Verdichtsel", PROJECTS, "gent"),
            Player("Arne Probeersel", ICT, "evergem"),
            Player("Lotte Namaak", APPS, "aalter"),
            Player("Jonas Simulant", GIS, "merelbeke-melle"),
            Player("Elke Oefening", SAFETY, "destelbergen"),
            Player("Bert Ingebeeld", ICT, "zelzate"),
        ),
    ),
    Troupe(
        "limburg",
        (
            Player("Luc Denkbaers", HEAD, "hasselt", "trekker.limburg"),
            Player("An Voorbeelders", PROJECTS, "genk"),
            Player("Ruben Testmans", SYSTEMS, "beringen"),
            Player("Silke Fictaens", GIS, "maasmechelen"),
            Player("Jo Veronderstel", ICT, "lommel"),
            Player("Katrien Schetsers", APPS, "bilzen-hoeselt"),
            Player("Pol Mockaers", ICT, "dilsen-stokkem"),
            Player("Tine Stelregel", DPO, "heusden-zolder"),
            Player("Jens Hersenspinsel", RECORDS, "pelt"),
        ),
    ),
    Troupe(
        "westhoek",
        (
            Player("Wim Verbeelding", HEAD, "ieper", "trekker.westhoek"),
            Player("Hilde Spookbeeld", ICT, "diksmuide"),
            Player("Kobe Waanidee", SYSTEMS, "poperinge"),
            Player("Lien Maquette", APPS, "veurne"),
            Player("Rik Figurant", ICT, "heuvelland"),
            Player("Els Toneelers", RECORDS, "koksijde"),
            Player("Sam Decorum", GIS, "kortemark"),
            Player("Dina Rolmodel", PROJECTS, "ieper"),
        ),
    ),
    Troupe(
        "halle-vilvoorde",
        (
            Player("Hugo Hypothese", HEAD, "halle", "trekker.halle-vilvoorde"),
            Player("Vera Vermoeden", ICT, "vilvoorde"),
            Player("Nico Scenario", SYSTEMS, "grimbergen"),
            Player("Inge Illusie", APPS, "asse"),
            Player("Tom Prototype", GIS, "dilbeek"),
            Player("Leen Ontwerp", SAFETY, "zaventem"),
            Player("Dirk Theorie", ICT, "ternat"),
            Player("Mia Metafoor", DPO, "sint-pieters-leeuw"),
        ),
    ),
    # The next two give the community manager something to do.
    Troupe(
        "denderregio",
        (
            Player("Dora Voorlopig", HEAD, "aalst", "trekker.denderregio"),
            Player("Ward Hopelijk", ICT, "ninove"),
            Player("Nele Misschien", APPS, "geraardsbergen"),
            Player("Jan Eventueel", SYSTEMS, "dendermonde"),
            Player("Sara Bijvoorbeeld", ICT, "zele"),
        ),
    ),
    Troupe(
        "midwest",
        (
            Player("Maarten Uitgesteld", HEAD, "roeselare", "trekker.midwest"),
            Player("Lore Binnenkort", ICT, "tielt"),
            Player("Filip Ooit", SYSTEMS, "izegem"),
            Player("Katja Straks", APPS, "staden"),
        ),
    ),
)

ASKERS = (
    Player("Nora Nieuweling", ICT, "temse"),
    Player("Olivier Onbekend", PROJECTS, "lille"),
)
"""They asked for a place in Waasland and in Kempen, and wait."""

IN_TWO = ("lid.beide@demo.example", "kempen")
"""The member of Waasland who is in Kempen too."""


class Guest(NamedTuple):
    """A speaker in the pool that all circles share."""

    name: str
    organisation: str
    kind: str
    bio: str
    topics: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@spreker.example"


SPEAKERS = {
    "colleague": Guest(
        "Jef Spreekbuis",
        "Stad Voorbeeldegem",
        "colleague",
        "Leidt al negen jaar de ICT-dienst van een bestuur dat niet bestaat en deelt graag wat mislukte.",
        ("mfa", "samen-aankopen", "gemeentefusies", "webtoegankelijkheid"),
    ),
    "archivist": Guest(
        "Ria Rommelzolder",
        "Gemeente Verzinnegem",
        "colleague",
        "Archivaris. Vernietigde vorig jaar elf kilometer papier, met toestemming.",
        ("digitaal-archief",),
    ),
    "gis": Guest(
        "Kaat Kaartbeeld",
        "Gemeente Schetsbeke",
        "colleague",
        "Bracht de adressen van haar gemeente in één bron samen en houdt ze daar.",
        ("gis", "oslo"),
    ),
    "v_ict_or": Guest(
        "Vic Torens",
        "V-ICT-OR",
        "v_ict_or",
        "Begeleidt besturen bij informatiebeleid. Dit is een verzonnen medewerker.",
        ("generatieve-ai", "lblod", "informatieveiligheid"),
    ),
    "flemish": Guest(
        "Flora Bouwsteen",
        "Vlaamse overheid",
        "government",
        "Legt Vlaamse bouwstenen uit aan wie ermee moet werken. Dit is een verzonnen medewerker.",
        ("magda-documentendienst", "acm-idm", "cyber-response", "ebirth"),
    ),
    "vendor_network": Guest(
        "Casper Kabel",
        "Kabel & Koord (verzonnen firma)",
        "vendor",
        "Legt netwerken aan in gebouwen die alleen in deze demo bestaan.",
        ("netwerk", "publieke-wifi"),
    ),
    "vendor_cloud": Guest(
        "Nina Nevel",
        "Wolkenkrabber (verzonnen firma)",
        "vendor",
        "Verhuist servers naar de cloud, en soms terug.",
        ("cloud",),
    ),
    "vendor_devices": Guest(
        "Bas Bordje",
        "Tweede Toets (verzonnen firma)",
        "vendor",
        "Knapt toestellen op voor scholen en bibliotheken.",
        ("windows-10",),
    ),
    "vendor_software": Guest(
        "Petra Pakket",
        "Fantasoft (verzonnen firma)",
        "vendor",
        "Werkt voor een leverancier die niet bestaat, aan een pakket dat alles kan.",
        ("softwarepakketten",),
    ),
}
