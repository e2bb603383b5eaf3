"""German names, places and telephone numbers, and the ways in which people spell them anew."""

from collections.abc import Mapping
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    """
    Jörg Günther Anneliese Björn Käthe Sönke Jürgen Renée Özlem Aylin Torsten Wiebke Hannelore
    Matthias Friedrich Ulrike Claudia Detlef Eberhard Franziska Gisela Holger Ingeborg Kerstin
    Lothar Manuela Norbert Ottilie Patrick Quirin Rüdiger Silke Tobias Uwe Veronika Wolfgang
    Xaver Yvonne Zacharias Annegret Benedikt Cornelia Dominik Elfriede Ferdinand Gudrun Heinrich
    Ilse Jannik Karl-Heinz Leonie Magdalena Niklas Olaf Petra Reinhard Sabine Theodor Ursula
    Volker Waltraud André Zoë Irène Mäxchen Götz Bärbel Jérôme Sören Hans-Jürgen Marie-Luise
    Agnieszka Mehmet Dragan Nguyen Fatima Giovanni Svetlana Oluwaseun Priya Kenji Ewald
    Hildegard Burkhard Rosemarie Siegfried Brunhilde Adelheid Balthasar Clemens Dorothea Eckhart
    Friederike Gerlinde Hubertus Isolde Joachim Konstantin Liselotte Meinhard Nepomuk Oswald
    Philippa Roswitha
    """
)

LAST_NAMES = _words(
    """
    Müller Schäfer Groß Böhm Krüger Weiß Jäger Größmann Lübke Däubler Öztürk Kühnel Strauß
    Schönfelder Bäcker Höfer Brüggemann Knüpfer Würtz Nägele Hübschmann Löwenthal Führmann
    Zöllner Grünwald Ackermann Bergmann Christiansen Dietrich Engelhardt Friedrichsen Gottschalk
    Hartwig Imhof Jankowski Kirchner Lindemann Merkel Nowak Obermayer Petersen Quandt Rosenbaum
    Steinbach Trautmann Uhlig Vogelsang Wiesner Yilmaz Zimmermann Albrecht Burmeister Conradi
    Drechsler Ebert Fischbach Gerstenberg Haverkamp Isenberg Jungblut Kowalczyk Leuschner
    Mertens Neumann Osterloh Pfeiffer Quast Reichelt Sommerfeld Tiedemann Ullrich Voss Wenzel
    Zeidler Abendroth Bierbaum Czerny Dombrowski Eilers Feuerstein Grabowski Hirschberg Irrgang
    Jacobsen Kleinschmidt Lorenz Mohnhaupt Niedermeier Ohlsen Pawlowski Rademacher Schumacher
    Thalheim Urban Viebrock Wachsmuth Zschoche Aschenbrenner Blumenthal Cordes Dahlhoff Eichhorn
    Faltermeyer Glockner Hasselbach Igelmund Kaltenbrunn Lampert Moosbauer Nettelbeck Oppermann
    Plagemann Ruhnke Spitzweg Tschirner Uckermann Vierling Wolfsteiner Zwingmann Achterberg
    Buxbaum Dinkelacker Ettinger Frohwein Gumprecht Hollerbach Jessen Kunkel Lautenschläger
    Maybach Noltemeyer Papenfuß Riesenhuber Sturmfels Teufelhart Unterberger Vandenberg
    Weidenfeller Zapletal
    """
)

PLACES = _words(
    """
    Musterhausen Beispielstadt Oberbeispiel Niedermuster Brückenau-Süd Königsmuster Neumusteren
    Übersee-Muster Großmusterbach Kleinbeispielen Musterwalde Hinterbeispiel Vordermuster
    Altmuster Musterkirchen Beispielsruh Waldbeispiel Mustersee Seebeispiel Bergmuster
    """
)
BRIGADES = (
    "Freiwillige Feuerwehr {}",
    "Werkfeuerwehr Chemie {} GmbH & Co. KG",
    'Ortsverband "{}" <Technisches Hilfswerk>',
    "Berufsfeuerwehr Stadt {}",
    "Bereitschaft {} e. V.",
    "Wasserrettung {}",
)
TITLES = ("Dr.", "Prof. Dr.", "Dipl.-Ing.")
MOBILE_PREFIXES = ("151", "152", "157", "159", "176")

_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)
_ACCENTS = str.maketrans({"é": "e", "è": "e", "ë": "e"})


def without_umlauts(text: str) -> str:
    """Spell umlauts out: Jörg Groß becomes Joerg Gross."""
    return text.translate(_UMLAUTS)


def plain(text: str) -> str:
    """Reduce a name to what fits into an e-mail address."""
    return without_umlauts(text).translate(_ACCENTS).lower().replace("'", "")


def mobile(rng: Random) -> str:
    """Make up a German mobile number, written internationally in one of the usual ways."""
    prefix, digits = rng.choice(MOBILE_PREFIXES), f"{rng.randrange(10**7, 10**8)}"
    form = rng.choice(("+49 {} {}", "+49{}{}", "0049 {} {}", "+49 ({}) {}", "+49-{}-{}"))
    return form.format(prefix, digits)


def address(rng: Random, first: str, last: str, domain: str) -> str:
    """Make up an e-mail address that resembles its owner's name more or less."""
    local = rng.choice(
        (
            f"{plain(first)[0]}.{plain(last)}",
            f"{plain(first)}.{plain(last)}",
            f"{plain(last)}{rng.randrange(60, 99)}",
            f"loeschzug{rng.randrange(100, 999)}.{plain(last)[:4]}",
        )
    )
    return f"{local}@{rng.choice((domain, 'post.example', 'mail.example'))}"


def nationally(number: str) -> str:
    """Write a number as one dials it within Germany."""
    digits = "".join(character for character in number if character.isdigit())
    national = digits.removeprefix("00").removeprefix("49")
    return f"0{national[:3]}/{national[3:6]} {national[6:]}"


def respellings(person: Mapping[str, str], rng: Random) -> dict[str, dict[str, str]]:
    """Give a person's values in every spelling that still says the same."""
    first, last = person["first_name"], person["last_name"]
    return {
        "verbatim": dict(person),
        "umlauts": {
            **person,
            "first_name": without_umlauts(first),
            "last_name": without_umlauts(last),
        },
        "case": {
            **person,
            "first_name": first.lower(),
            "last_name": last.upper(),
            "email": person["email"].title(),
        },
        "phone": {**person, "mobile": nationally(person["mobile"])},
        "title": {**person, "first_name": f"{rng.choice(TITLES)} {first}"},
        "swapped": {**person, "first_name": last, "last_name": first},
        "blanks": {
            **person,
            "first_name": f" {first}",
            "last_name": f"{last}  ",
            "email": f" {person['email']}",
        },
        "everything": {
            "first_name": without_umlauts(last).upper(),
            "last_name": f"{rng.choice(TITLES)} {without_umlauts(first)}",
            "email": person["email"].upper(),
            "mobile": nationally(person["mobile"]),
        },
    }
