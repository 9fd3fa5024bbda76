"""What was said, decided and promised in the Waasland: one story per meeting, in meetings that never took place."""

from __future__ import annotations

from typing import NamedTuple

from meetings.actions.answers import Needs


class Asked(NamedTuple):
    """A pressing question; ``supporters`` is how many colleagues want to know it too."""

    by: str
    text: str
    context: str
    supporters: int


class Todo(NamedTuple):
    """An action point. ``due`` and ``done`` are days after the meeting; not done when None."""

    what: str
    owner: str
    due: int
    done: int | None = None
    note: str = ""


class Story(NamedTuple):
    """One meeting, from what was asked before to what was promised after. People are named as in ``cast``."""

    case_owner: str  # of the peer consultation; online there is none
    case: str
    round: dict[str, str]  # by slug of the government: what it works on
    said: dict[str, str]  # by kind of point: what the report says
    question: Asked | None = None
    introduction: str = ""
    decisions: tuple[str, ...] = ()
    actions: tuple[Todo, ...] = ()
    evaluations: tuple[tuple[int, int, str, bool], ...] = ()  # useful, form, in words, for the speaker's ears


WOUT, LIES, BIEKE = "Wout Testelaer", "Lies Voorbeeld", "Bieke Verzonnen"
JORIS, HANNE, PIET = "Joris Denkbeeld", "Hanne Nepmans", "Piet Stelvoor"
ROOS, GUST, MIEKE = "Roos Doealsof", "Gust Proefkonijn", "Mieke Zogezegd"
STAN, NOOR = "Stan Dummermans", "Noor Sjabloon"

STORIES = {
    "incident": Story(
        "",
        "",
        {
            "temse": "Papieren noodmap per dienst.",
            "sint-niklaas": "Oefening met het crisisteam in het najaar.",
            "waasmunster": "Back-up op een tweede plaats, los van het domein.",
        },
        {
            "news_round": "Een rode map in de kluis en een kopie bij de politiezone. De lijst met "
            "telefoonnummers wordt elk kwartaal nagebeld.",
            "deep_dive": "Het team helpt bij eerste hulp en sporen, niet bij heropbouw. Bel vroeg, ook als u "
            "twijfelt.",
        },
        None,
        "Online, met een oefening op papier in kleine groepen.",
        ("Elk bestuur legt een noodmap op papier aan, volgens hetzelfde inhoudsblad.",),
        (
            Todo("Inhoudsblad van de noodmap uitschrijven", NOOR, 30, 28),
            Todo(
                "Oefening herhalen met de politiezone erbij", BIEKE, 120, 150, "Gebeurde een maand later dan gepland."
            ),
        ),
        (
            (5, 5, "Spannend en leerzaam.", True),
            (4, 4, "", False),
            (5, 4, "Graag elk jaar.", True),
            (4, 5, "", False),
            (5, 5, "We hebben meteen de noodmap nagekeken.", True),
        ),
    ),
    "gis": Story(
        HANNE,
        "Een nieuwe verkaveling kreeg huisnummers die al bestonden in de deelgemeente. De post, de brandweer en de "
        "ophaaldienst hadden elk een andere lijst. Hoe maakt u van het register de enige bron?",
        {
            "beveren-kruibeke-zwijndrecht": "Drie adreslijsten samenbrengen na de fusie.",
            "sint-gillis-waas": "Veldcontrole van huisnummers met studenten.",
            "lokeren": "Ophaalkalender op adres in plaats van op straat.",
        },
        {
            "peer_consultation": "Vier diensten één keer per maand samen aan tafel helpt meer dan een koppeling. "
            "Daarna pas automatiseren.",
            "deep_dive": "De ophaalkalender leest nu rechtstreeks uit het register. Het kostte tien dagen werk, "
            "vooral aan afspraken.",
            "site_visit": "Sint-Gillis-Waas toonde hoe studenten met een tablet huisnummers controleren.",
        },
        Asked(PIET, "Wie koppelde het adressenregister al aan het pakket voor burgerzaken?", "", 4),
        "",
        ("Fouten in adressen melden we voortaan aan het register zelf en niet aan elkaar.",),
        (Todo("Voorbeeld van het overleg tussen vier diensten rondsturen", HANNE, 14, 12),),
        (
            (5, 5, "Het bezoek aan de tablets was het beste deel.", True),
            (4, 5, "", False),
            (5, 4, "Heldere uitleg zonder vaktaal.", True),
            (4, 4, "", False),
            (3, 4, "Voor ons te vroeg, wij hebben nog geen GIS-medewerker.", False),
            (5, 5, "", False),
        ),
    ),
    "pakket": Story(
        "",
        "",
        {
            "beveren-kruibeke-zwijndrecht": "Nieuw pakket voor de opvang, beslissing in het voorjaar.",
            "stekene": "Contractenregister in gebruik, 83 contracten.",
            "temse": "Nieuwe website staat live.",
        },
        {
            "news_round": "Twee besturen zitten in hetzelfde schuitje. Ze bezoeken samen drie leveranciers met "
            "dezelfde vragenlijst.",
            "deep_dive": "De eisenlijst telt veertig vragen. De vraag naar een uitweg uit het contract wordt het "
            "vaakst vergeten.",
        },
        None,
        "Elk bestuur toonde vijf minuten lang één pakket, zonder leverancier erbij.",
        (),
        (Todo("Antwoorden van drie leveranciers naast elkaar zetten", PIET, 60, 66),),
        # Fewer than five: what they said stays hidden.
        ((4, 4, "", False), (5, 4, "Vijf minuten per pakket is een goede vorm.", False), (4, 3, "", False)),
    ),
    "windows": Story(
        LIES,
        "Honderdtwintig toestellen van de academie en de scholen kunnen niet naar Windows 11. Vervangen kost meer "
        "dan het budget van twee jaar. Wat doet u met zulke toestellen?",
        {
            "lokeren": "Inventaris van alle toestellen, tweehonderd te vervangen.",
            "stekene": "Glasvezel naar de buitendiensten.",
            "temse": "Aanmelden met een sleutel voor beheerders.",
            "waasmunster": "Archiefkelder verhuist.",
        },
        {
            "news_round": "De ondersteuning loopt overal tegelijk af. Niemand heeft een volledige inventaris, ook "
            "wie dat dacht niet.",
            "peer_consultation": "Voor toestellen waarop alleen een browser draait, is een ander besturingssysteem "
            "een redelijke tussenstap. De academie kan ermee weg.",
            "deep_dive": "Wissen volgens de regels kost ongeveer vijf euro per toestel en levert een attest op. "
            "Zonder attest nooit weggeven.",
            "site_visit": "Lokeren toonde het magazijn waar toestellen een tweede leven krijgen.",
        },
        Asked(
            JORIS,
            "Wie betaalt voor langere ondersteuning van Windows 10, en voor hoeveel toestellen?",
            "Wij twijfelen tussen één jaar betalen of versneld vervangen.",
            6,
        ),
        "Achttien maanden na de eerste waarschuwing, en toch nog verrassingen.",
        (
            "Toestellen gaan alleen weg met een attest van wissen.",
            "Voor toestellen met enkel een browser proberen we een ander besturingssysteem uit.",
        ),
        (
            Todo("Proef met tien toestellen in de academie", LIES, 60, 58, "Acht van de tien zijn bruikbaar."),
            Todo("Prijs opvragen voor wissen met attest, voor de hele kring", STAN, 30, 41),
        ),
        (
            (5, 4, "Het magazijn zien was meer waard dan tien dia’s.", True),
            (4, 4, "", False),
            (4, 4, "Graag volgende keer ook de kosten per jaar.", True),
            (5, 5, "", False),
            (4, 5, "", False),
        ),
    ),
    "archief": Story(
        "",
        "",
        {
            "waasmunster": "Opruimweek per dienst, met gebak.",
            "sint-niklaas": "Selectielijst in het documentbeheer ingebouwd.",
            "temse": "Bewaartermijnen voor mailboxen.",
        },
        {
            "news_round": "Begin bij wat weg mag: dubbels en mappen van wie vertrokken is. Dat is een derde, en "
            "niemand mist het.",
            "deep_dive": "Een selectielijst werkt als ze in het pakket zit en niet in een map staat.",
        },
        Asked(MIEKE, "Welke bewaartermijn gebruikt u voor mailboxen van wie vertrekt?", "", 3),
        "Online, en toch bleef er tijd voor vragen.",
        ("Mailboxen van wie vertrekt, bewaren we hoogstens één jaar.",),
        (
            Todo("Modelbrief voor de opruimweek delen", MIEKE, 10, 9),
            Todo(
                "Juridisch nakijken hoe lang een mailbox mag blijven bestaan",
                ROOS,
                45,
                70,
                "Eén jaar, met motivering.",
            ),
        ),
        (
            (4, 4, "", False),
            (4, 3, "Online blijft het moeilijk om door te vragen.", False),
            (5, 4, "", False),
            (4, 4, "De cijfers van Waasmunster overtuigden mij.", False),
            (5, 4, "", False),
        ),
    ),
    "netwerk": Story(
        JORIS,
        "Het woonzorgcentrum wil een eigen wifi voor bewoners, met een eigen leverancier. Wij beheren het gebouw en "
        "het netwerk. Wie is verantwoordelijk als het misgaat?",
        {
            "sint-niklaas": "Eén netwerk voor stad en OCMW, laatste gebouw in mei.",
            "lokeren": "Proef in de academie loopt.",
            "beveren-kruibeke-zwijndrecht": "Pakket voor de opvang gekozen, opstart in september.",
            "sint-gillis-waas": "Nieuwe switches, samen aangekocht.",
        },
        {
            "peer_consultation": "Eén beheerder per gebouw, hoe dan ook. De leverancier van het woonzorgcentrum "
            "krijgt een eigen segment en geen sleutel van de kast.",
            "deep_dive": "Segmenteren zonder onderbreking lukt als u per verdieping werkt, op maandagavond.",
            "site_visit": "Sint-Niklaas opende de serverruimte. Foto’s mochten niet, vragen wel.",
        },
        Asked(STAN, "Wie liet zijn netwerk al eens testen door een buitenstaander, en wat kostte dat?", "", 7),
        "",
        ("We laten samen één netwerktest uitvoeren en delen het verslag zonder namen.",),
        (
            Todo("Prijs vragen voor één netwerktest voor alle besturen", JORIS, 40, 44, "Drie offertes gekregen."),
            Todo("Afspraken tussen bestuur en woonzorgcentrum uitschrijven als model", JORIS, 90, None),
        ),
        (
            (5, 5, "De serverruimte zien doet nadenken over de eigen kelder.", True),
            (5, 4, "", False),
            (4, 4, "De spreker verkocht gelukkig niets.", True),
            (4, 4, "", False),
            (5, 5, "", False),
            (4, 5, "Goed dat er tijd was voor vragen.", True),
        ),
    ),
    "nis2": Story(
        NOOR,
        "Onze informatieveiligheidsconsulent komt twee keer per jaar langs met een lijst van zestig punten. Ik heb "
        "er een halve dag per week voor. Welke vijf doet u eerst?",
        {
            "temse": "Aanmelden met een tweede stap, eerst de beheerders en dan iedereen.",
            "lokeren": "Academie werkt op toestellen met een ander besturingssysteem.",
            "stekene": "Wachtwoordkluis voor elke dienst.",
            "sint-niklaas": "Netwerktest besteld, samen met de kring.",
            "waasmunster": "Een derde van de netwerkschijf is opgeruimd.",
        },
        {
            "news_round": "Vijf van de zeven besturen werken aan aanmelden met een tweede stap. De werkvloer is "
            "overal de moeilijkste groep.",
            "peer_consultation": "De vijf van de kring: back-up die u eens terugzet, tweede stap voor beheerders, "
            "toestellen bijwerken, rechten weghalen bij vertrek, en één bladzijde voor als het misgaat.",
            "site_visit": "Stekene toonde de wachtwoordkluis en hoe nieuwe collega’s er op de eerste dag in geraken.",
        },
        Asked(
            GUST,
            "Hoe geeft u wie geen dienst-gsm heeft toch een tweede stap bij het aanmelden?",
            "Poetsdienst, kinderopvang, redders: samen een derde van ons personeel.",
            8,
        ),
        "Ter plaatse en online tegelijk: het geluid in de zaal was beter dan vorige keer.",
        (
            "De vijf maatregelen van de kring gelden voor iedereen, te beginnen met de back-up terugzetten.",
            "De volgende bijeenkomst gaat over de tweede stap zonder dienst-gsm.",
        ),
        (
            Todo("De vijf maatregelen op één bladzijde zetten", NOOR, 20, 18, "Staat bij het materiaal."),
            Todo("Ervaring met kaartlezers opschrijven", LIES, 80, None),
            Todo("Eén back-up terugzetten en de tijd noteren", STAN, 45, None),
        ),
        (
            (5, 4, "Vijf punten in plaats van zestig: daar kan ik mee naar huis.", False),
            (5, 5, "", False),
            (4, 4, "Online was goed te volgen.", False),
            (4, 4, "", False),
            (5, 4, "Meer tijd voor de rondvraag graag.", False),
        ),
    ),
}
"""By theme; the circle is the Waasland."""

STILL_ASKED = (
    Asked(
        ROOS, "Hoe informeert u burgers over camera’s met nummerplaatherkenning?", "Ons bord is niet duidelijk.", 2
    ),
    Asked(BIEKE, "Welk bestuur werkt met een vast budget voor proefprojecten?", "", 4),
)
"""Questions that wait for a programme."""

WORKS_ON = {
    "temse": "Sleutels uitgedeeld aan honderd medewerkers zonder gsm.",
    "lokeren": "Kaartlezers op proef in het zwembad.",
    "sint-niklaas": "Verslag van de netwerktest is binnen.",
}
"""What some already wrote for the round of the meeting that comes."""

NEXT_CASE = (
    GUST,
    "Zeventig mensen van de poetsdienst en de kinderopvang moeten zich aanmelden om hun rooster te zien. Een eigen "
    "gsm vragen we niet. Wat geven we hun in handen, en wie helpt hen de eerste keer?",
)

COME_ALWAYS = {NOOR: "in_person", STAN: "in_person", ROOS: "online"}

NEEDS = (Needs(food="vegetarisch"), Needs(access="Ik gebruik een rolstoel: graag een plaats bij de deur."))

CALL = "Wie schreef een richtlijn over AI die medewerkers ook lezen? Een half uur volstaat, en vragen krijgt u zeker."

OFFERED = {
    "email": "ada.antwoord@spreker.example",
    "name": "Ada Antwoord",
    "organisation": "Departement Verzinsel",
    "kind": "government",
    "title": "Eén bladzijde over AI, door medewerkers zelf geschreven",
    "about": "Hoe twintig medewerkers in drie namiddagen hun eigen afspraken maakten, en wat daar niet in staat.",
}
