"""What the demo's circles talk about: real questions of real ICT people, in meetings that never took place."""

from typing import NamedTuple


class Theme(NamedTuple):
    """One meeting's worth of talk. ``speaker`` is a key of ``cast.SPEAKERS``; ``topics`` are slugs of the library."""

    title: str
    about: str
    topics: tuple[str, ...]
    case: str  # of the peer consultation
    talk: str  # of the deep dive
    speaker: str


THEMES = {
    "mfa": Theme(
        "MFA zonder dienst-gsm: hoe pakken wij het aan?",
        "Niet elke medewerker heeft een dienst-gsm, en niet iedereen wil de eigen gsm gebruiken. Welke "
        "middelen werken in de praktijk: een sleutel, een kaartlezer, een token? Wat kosten ze, en hoe legt u"
        " het uit aan de werkvloer?",
        ("mfa", "informatieveiligheid"),
        "Poetsdienst en kinderopvang aanmelden zonder eigen gsm",
        "Passkeys en sleutels naast elkaar: wat leerden drie besturen?",
        "colleague",
    ),
    "windows": Theme(
        "Na Windows 10: wat doen we met de oude toestellen?",
        "De ondersteuning van Windows 10 is voorbij. Sommige toestellen kunnen niet naar Windows 11. We "
        "leggen naast elkaar wat elk bestuur doet: vervangen, een andere bestemming geven of langer "
        "ondersteuning kopen.",
        ("windows-10", "samen-aankopen"),
        "Honderdtwintig schooltoestellen die niet mee kunnen",
        "Toestellen een tweede leven geven: veilig en met de papieren in orde",
        "vendor_devices",
    ),
    "ai": Theme(
        "Afspraken over generatieve AI: van verbod naar richtlijn",
        "Medewerkers gebruiken AI-assistenten, met of zonder toestemming. We vergelijken richtlijnen, "
        "bekijken wat de AI-verordening vraagt en wisselen voorbeelden uit van taken waarbij AI wel of niet "
        "helpt.",
        ("generatieve-ai", "ai-act"),
        "Verslagen van het college laten samenvatten: mag dat, en wie kijkt na?",
        "Een AI-register op één bladzijde",
        "v_ict_or",
    ),
    "incident": Theme(
        "Een cyberincident oefenen op papier",
        "Het is vrijdag 16.30 uur en niets werkt nog. Wie belt u eerst? We spelen een incident na met de "
        "draaiboeken die besturen meebrengen en noteren wat er ontbreekt.",
        ("cyber-response", "continuiteit"),
        "Ons draaiboek staat op de server die plat ligt",
        "Wat het Cyber Response Team voor u kan doen, en wat niet",
        "flemish",
    ),
    "magda": Theme(
        "Documenten via de eBox: ervaringen met de MAGDA Documentendienst",
        "Brieven digitaal bezorgen spaart tijd en portkosten, maar vraagt werk van elke dienst. Welke brieven"
        " eerst, via welke weg, en wat met burgers die hun eBox niet openen?",
        ("magda-documentendienst", "magda"),
        "Parkeerretributies als eerste stroom: goed idee of niet?",
        "Van printstraat naar eBox in vier stappen",
        "flemish",
    ),
    "archief": Theme(
        "Digitaal archief: bewaren, vinden en op tijd vernietigen",
        "De netwerkschijf groeit en niemand durft iets weg te doen. We bekijken selectielijsten, metadata en "
        "het moment waarop een dossier echt afgesloten is.",
        ("digitaal-archief", "informatiearchitectuur"),
        "Veertien miljoen bestanden en geen mappenstructuur",
        "Een selectielijst die medewerkers wel gebruiken",
        "archivist",
    ),
    "netwerk": Theme(
        "Eén netwerk voor gemeente en OCMW",
        "Twee netwerken, twee leveranciers, één gebouw. Besturen die de stap al zetten, vertellen wat "
        "tegenviel en wat het opbracht. Breng uw netwerkschema mee, met de namen weggelaten.",
        ("netwerk", "integratie-ocmw"),
        "Het woonzorgcentrum wil een eigen wifi",
        "Segmenteren zonder dat iemand het merkt",
        "vendor_network",
    ),
    "gis": Theme(
        "GIS voor elke dienst: adressen die overal kloppen",
        "Een straatnaam wijzigt en zes toepassingen weten van niets. Hoe wordt het adressenregister de bron "
        "voor alle diensten, en wie houdt het bij?",
        ("gis", "oslo"),
        "Nieuwe verkaveling, oude huisnummers",
        "Van adressenregister naar ophaalkalender",
        "gis",
    ),
    "besluiten": Theme(
        "Lokale besluiten als open data: wie leest ze?",
        "We publiceren besluiten als gelinkte data omdat het moet. Wat kunnen we er zelf mee, en wat vraagt "
        "het van de notulist? Met een kijkje in de gegevens van de deelnemende besturen.",
        ("lblod", "webtoegankelijkheid"),
        "De notulist kopieert nog altijd uit een tekstverwerker",
        "Vragen stellen aan vijf jaar besluiten",
        "v_ict_or",
    ),
    "cloud": Theme(
        "Naar de cloud, en weer terug?",
        "Licenties stijgen in prijs en de vraag naar soevereiniteit wordt luider. We rekenen drie scenario’s "
        "door en bespreken hoe u een uitweg in het contract zet.",
        ("cloud", "samen-aankopen"),
        "De raad vraagt waar onze gegevens staan",
        "Een exitplan dat langer is dan één alinea",
        "vendor_cloud",
    ),
    "toegankelijk": Theme(
        "Een website die iedereen kan gebruiken",
        "De toegankelijkheidsverklaring is er, maar de pdf’s blijven een probleem. We testen samen drie "
        "pagina’s met het toetsenbord en een schermlezer en maken een lijst van wat morgen beter kan.",
        ("webtoegankelijkheid", "horecaloket"),
        "Driehonderd pdf-formulieren: waar beginnen we?",
        "Testen met mensen die een schermlezer gebruiken",
        "colleague",
    ),
    "burgerzaken": Theme(
        "Digitale aangiften aan het loket burgerzaken",
        "Overlijden, geboorte, verhuizing: er komt steeds meer digitaal binnen. Wat verandert er aan de balie, "
        "en wat doet u met wie toch aan de balie komt?",
        ("digitale-aangifte-overlijden", "ebirth"),
        "De begrafenisondernemer belt liever",
        "eBirth: van het ziekenhuis tot de akte",
        "flemish",
    ),
    "kopen": Theme(
        "Samen aankopen: raamovereenkomsten die werken",
        "Een kleine gemeente krijgt geen korting, een regio wel. We overlopen lopende raamovereenkomsten en "
        "kiezen één aankoop die we dit jaar samen doen.",
        ("samen-aankopen", "softwarepakketten"),
        "Onze raamovereenkomst loopt af en niemand wist het",
        "Eén bestek voor negen besturen",
        "colleague",
    ),
    "wifi": Theme(
        "Publieke wifi op pleinen en in gebouwen",
        "Gratis wifi is snel beloofd en traag beheerd. Wat kost het per jaar, wie belt u als het niet "
        "werkt, en wat moet u bewaren van wie er gebruik van maakt?",
        ("publieke-wifi", "gdpr"),
        "Wifi op de kermis: eenmalig of blijvend?",
        "Beheer op afstand met twee halve dagen per maand",
        "vendor_network",
    ),
    "toegang": Theme(
        "Wie mag waar in? Toegangsbeheer met ACM/IDM",
        "Nieuwe collega’s wachten dagen op hun rechten en wie vertrekt, houdt ze te lang. We tekenen samen de"
        " weg van personeelsdienst tot toepassing.",
        ("acm-idm", "informatieveiligheid"),
        "Vrijwilligers in de bibliotheek en hun rechten",
        "De lokale beheerder: rol, vervanger en jaarlijkse controle",
        "flemish",
    ),
    "fusie": Theme(
        "Twee besturen, één omgeving: lessen uit een fusie",
        "Besturen die fuseerden, vertellen wat ze de volgende keer anders doen: e-mailadressen, dossiers, "
        "contracten en mensen. Ook nuttig voor wie niet fuseert maar diensten samenlegt.",
        ("gemeentefusies", "integratie-ocmw"),
        "Twee pakketten voor dezelfde dienst: welk blijft?",
        "De eerste honderd dagen, week per week",
        "colleague",
    ),
    "pakket": Theme(
        "Welk pakket gebruikt u, en bent u tevreden?",
        "Geen demo’s van leveranciers, wel van collega’s. Elk bestuur toont vijf minuten lang één pakket: wat"
        " gaat goed, wat niet, en wat zou u de volgende keer vragen?",
        ("softwarepakketten", "vlavirgem"),
        "De leverancier stopt met ons pakket",
        "Een eisenlijst die u kunt hergebruiken",
        "vendor_software",
    ),
    "nis2": Theme(
        "Informatieveiligheid op maat van een klein bestuur",
        "Eén persoon, een halve dag per week. Welke maatregelen brengen het meeste op? We kiezen er vijf en "
        "verdelen het schrijfwerk.",
        ("nis2", "informatieveiligheid"),
        "De informatieveiligheidsconsulent komt twee keer per jaar",
        "Vijf maatregelen die alleen aandacht kosten",
        "v_ict_or",
    ),
}
