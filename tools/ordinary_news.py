"""Ordinary news, made up: what a newsroom sends on a day without a call to leave anywhere.

A detector is slow where words of its trade stand without meaning a call: embassies that give receptions, ministries
that publish budgets, towns that are evacuated, teams that leave for home, bans that are lifted. `ALARMING` holds such
sentences, and items hold about as many of them as real news does; `QUIET` holds the rest. Nothing here is a call of a
government to its people abroad. Equal seeds give equal news.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

Item = tuple[str, str, str]  # title, text, language

_SHARE = (
    0.025  # of the items that hold an alarming sentence: the gate opens for two in a hundred, as it does for real ones
)
_MOST = 3  # quiet sentences of an item beside its title

_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "place": ("Leeds", "Ohio", "Kenya", "Madrid", "Queensland", "Ottawa", "Japan", "Glasgow", "Brazil", "the US"),
        "who": ("Maria Jensen", "Tom Okafor", "Ms Patel", "the mayor", "Coach Reed", "a spokesman", "the minister"),
        "day": ("Monday", "Tuesday", "Thursday", "Saturday", "Friday"),
        "number": ("12", "340", "1,900", "27,000", "three", "forty"),
    },
    "de": {
        "place": ("Leipzig", "Kiel", "Österreich", "Paris", "Bayern", "Rom", "Kanada", "Bremen", "Portugal"),
        "who": ("Anna Berger", "Trainer Wolf", "die Ministerin", "ein Sprecher", "Herr Yilmaz", "der Bürgermeister"),
        "day": ("Montag", "Mittwoch", "Freitag", "Sonntag", "Dienstagabend"),
        "number": ("12", "340", "1.900", "27.000", "drei", "vierzig"),
    },
    "es": {
        "place": ("Sevilla", "Chile", "Bogotá", "Francia", "Quito", "México", "Valencia", "Estados Unidos", "Portugal"),
        "who": ("Lucía Romero", "el entrenador", "la ministra", "un portavoz", "Carlos Ruiz", "la alcaldesa"),
        "day": ("lunes", "miércoles", "viernes", "domingo", "martes"),
        "number": ("12", "340", "1.900", "27.000", "tres", "cuarenta"),
    },
    "fr": {
        "place": ("Lyon", "Montréal", "Italie", "Bruxelles", "Dakar", "Espagne", "Nantes", "Allemagne", "Tunisie"),
        "who": ("Claire Moreau", "l'entraîneur", "la ministre", "un porte-parole", "M. Diallo", "la maire"),
        "day": ("lundi", "mercredi", "vendredi", "dimanche", "mardi"),
        "number": ("12", "340", "1 900", "27 000", "trois", "quarante"),
    },
    "ru": {
        "place": ("Казани", "Берлине", "Молдове", "Сочи", "Китае", "Париже", "Перми", "Турции", "Самаре"),
        "who": ("Анна Петрова", "тренер", "министр", "пресс-секретарь", "Игорь Волков", "мэр города"),
        "day": ("понедельник", "среду", "пятницу", "воскресенье", "четверг"),
        "number": ("12", "340", "1900", "27 тысяч", "сорок", "десять"),
    },
    "zh": {
        "place": ("上海", "日本", "广州", "法国", "成都", "美国", "巴西", "台北", "伦敦"),
        "who": ("李明", "教练", "部长", "发言人", "王芳", "市长"),
        "day": ("周一", "周三", "周五", "周日", "昨日"),
        "number": ("12", "340", "1900", "2.7万", "三", "十多"),
    },
}  # fmt: skip

_QUIET: Mapping[str, tuple[str, ...]] = {
    "en": (
        "{who} said on {day} that the new line in {place} would open with {number} trains a day.",
        "Shares in the company fell {number} after it cut its forecast for the year.",
        "The side from {place} won by {number} points and goes top of the table.",
        "A court in {place} will hear the case of the former treasurer on {day}.",
        "Prices of bread and milk rose again, the statistics office reported on {day}.",
        "The government of {place} wants to spend {number} million more on hospitals.",
        "Rain is expected in the north, with winds of up to {number} miles an hour.",
        "{who} told reporters that talks about pay would go on until {day}.",
        "The festival in {place} drew {number} visitors, more than ever before.",
        "Scientists in {place} have found {number} new kinds of beetle.",
        "Most of the workers who were asked have not had a rise since the spring.",
        "The first season was a hit, and some of the cast will return on {day}.",
        "Police in {place} are looking for a driver who did not stop on {day}.",
        "The foreign minister met his colleague in {place} to speak about trade.",
    ),
    "de": (
        "{who} sagte am {day}, die neue Linie werde mit {number} Zügen am Tag eröffnet.",
        "Die Aktie verlor nach der Prognose für das laufende Jahr deutlich an Wert.",
        "Im Heimspiel siegte die Mannschaft aus {place} mit {number} Punkten Vorsprung.",
        "Das Gericht verhandelt am {day} gegen den früheren Schatzmeister.",
        "Brot und Milch sind wieder teurer geworden, teilte das Amt für Statistik mit.",
        "Die Regierung will {number} Millionen mehr für Krankenhäuser ausgeben.",
        "Im Norden regnet es, der Wind weht mit bis zu {number} Stundenkilometern.",
        "Die Gespräche über die Löhne gehen nach Angaben der Gewerkschaft weiter.",
        "Das Fest zog {number} Besucher an, so viele wie noch nie.",
        "Der Außenminister sprach mit seinem Kollegen über den Handel.",
        "Die meisten Beschäftigten der Fabrik haben dem Vorschlag zugestimmt.",
        "{who} freut sich auf die Reise nach {place} und auf das Finale.",
    ),
    "es": (
        "{who} dijo el {day} que la nueva línea abrirá con {number} trenes al día.",
        "Las acciones cayeron después de que la empresa rebajara sus previsiones.",
        "El equipo de {place} ganó por {number} puntos y se coloca primero.",
        "El tribunal juzgará el {day} al antiguo tesorero del partido.",
        "El pan y la leche vuelven a subir, según el instituto de estadística.",
        "El Gobierno quiere gastar {number} millones más en hospitales.",
        "Se esperan lluvias en el norte y vientos de hasta {number} kilómetros por hora.",
        "El festival de {place} recibió a {number} visitantes, más que nunca.",
        "La mayoría de los trabajadores de la fábrica aceptó la propuesta.",
        "El ministro de Exteriores habló con su colega sobre comercio.",
        "{who} pidió a los vecinos paciencia con las obras de la plaza.",
    ),
    "fr": (
        "{who} a annoncé {day} que la nouvelle ligne ouvrirait avec {number} trains par jour.",
        "L'action a reculé après la révision des prévisions pour l'année.",
        "L'équipe de {place} l'emporte de {number} points et prend la tête.",
        "Le tribunal jugera {day} l'ancien trésorier du parti.",
        "Le pain et le lait augmentent encore, selon l'institut de statistique.",
        "Le gouvernement veut consacrer {number} millions de plus aux hôpitaux.",
        "De la pluie est attendue dans le nord, avec des vents de {number} km/h.",
        "Le festival de {place} a attiré {number} visiteurs, un record.",
        "La plupart des salariés de l'usine ont accepté la proposition.",
        "Le ministre des Affaires étrangères a parlé de commerce avec son homologue.",
        "{who} se réjouit du voyage et de la finale à venir.",
    ),
    "ru": (
        "{who} сообщил в {day}, что на новой линии будет {number} поездов в сутки.",
        "Акции компании упали после того, как она снизила прогноз на год.",
        "Команда выиграла со счётом {number} и вышла на первое место.",
        "Суд рассмотрит в {day} дело бывшего казначея партии.",
        "Хлеб и молоко снова подорожали, сообщили в ведомстве статистики.",
        "Правительство намерено выделить больницам ещё {number} миллионов.",
        "На севере ожидаются дожди и ветер до {number} метров в секунду.",
        "Фестиваль в {place} собрал {number} гостей, больше, чем когда-либо.",
        "Большинство рабочих завода поддержали предложение профсоюза.",
        "Министр иностранных дел обсудил с коллегой торговлю.",
        "По его словам, переговоры о зарплате продолжатся в {day}.",
    ),
    "zh": (
        "{who}{day}表示，新线路每天将开行{number}列车。",
        "公司下调全年预期后，股价下跌。",
        "{place}队以{number}分获胜，升至榜首。",
        "法院将于{day}审理前财务主管一案。",
        "统计局称，面包和牛奶价格再次上涨。",
        "政府计划为医院增加{number}百万元拨款。",
        "北部预计有雨，风力较大，气温下降。",
        "{place}的艺术节吸引了{number}名游客，创下纪录。",
        "工厂的大部分工人同意了这一方案。",
        "外交部长与同行讨论了贸易问题。",
        "{who}说，谈判将持续到{day}。",
    ),
}

_ALARMING: Mapping[str, tuple[str, ...]] = {
    "en": (
        "About {number} people were evacuated from flats in {place} after a gas leak on {day}.",
        "Travellers face long queues as the ban on liquids is lifted at {place} airport on {day}.",
        "Residents were told to leave their homes when the river burst its banks.",
        "The ministry urged workers to take part in the survey before they leave the office.",
        "Police warn people not to travel to the match without tickets.",
        "The ambassador was recalled in 1987; his family left the country two years later.",
        "Some of the staff were moved to another floor. The embassy quarter of {place} is quiet at night.",
        "The museum reopens its doors on {day}. The embassy of the Netherlands lent two pictures.",
        "The judge warned citizens of fines. Nobody could leave the room before {day}.",
        "The club has withdrawn its offer; staff at the stadium said they were relieved.",
        "Voters were urged to stay at home. Citizens left the square at noon.",
        "Firefighters evacuated a school in {place}. Citizens watched from the bridge.",
        "She asked the government to say when workers can leave the factory.",
        "The consulate of art, as the bar is called, was closed by a fire for two hours.",
    ),
    "de": (
        "Rund {number} Menschen mussten nach einem Gasleck am {day} ihre Wohnungen verlassen.",
        "Die Botschaft gab am {day} einen Empfang für die Mitarbeiter des Museums.",
        "Die Polizei warnt Reisende vor langen Schlangen am Flughafen und bittet sie, früh aufzubrechen.",
        "Das Ministerium forderte die Bürger auf, beim Verlassen des Hauses das Licht auszuschalten.",
        "Das Verbot wird am {day} aufgehoben, Besucher dürfen wieder reisen.",
        "Bewohner wurden vor dem Hochwasser in Sicherheit gebracht.",
        "Die Bürger wurden gewarnt. Niemand durfte den Saal verlassen.",
        "Das Ministerium hat seine Zusage zurückgezogen. Mitarbeiter sind enttäuscht.",
        "Die Botschaft des Films ist klar. Das Personal bleibt, die Bühne wird geschlossen.",
    ),
    "es": (
        "Unas {number} personas fueron evacuadas de sus casas en {place} por una fuga de gas.",
        "La embajada ofreció el {day} una recepción al personal del museo.",
        "El ministerio pidió a los ciudadanos que no abandonen la basura en la calle.",
        "El museo reabre sus puertas el {day}. La embajada de los Países Bajos prestó dos cuadros.",
        "El ministro retiró su propuesta. El personal del museo espera otra.",
    ),
    "fr": (
        "Environ {number} personnes ont été évacuées de leur immeuble {day} après une fuite de gaz.",
        "L'ambassade a offert {day} une réception au personnel du musée.",
        "Le ministère appelle les citoyens à ne pas quitter leur domicile sans pièce d'identité.",
        "Les citoyens ont été avertis. Personne n'a pu quitter la salle.",
        "Le musée rouvre ses portes {day}. L'ambassade des Pays-Bas a prêté deux tableaux.",
        "Le ministre a retiré son projet. Le personnel du musée en attend un autre.",
    ),
    "ru": (
        "Около {number} человек эвакуировали из жилого дома в {place} из-за утечки газа.",
        "Посольство устроило в {day} приём для сотрудников музея.",
        "Министерство призвало граждан не покидать дома без документов из-за гололёда.",
        "В {place} снят запрет на поездки с животными.",
        "Музей в {place} снова открылся. Посольство Нидерландов передало две картины.",
    ),
    "zh": (
        "{place}一处住宅{day}发生煤气泄漏，{number}名居民被疏散。",
        "大使馆{day}为博物馆工作人员举行招待会。",
        "当局呼吁市民不要离开住所，以免受寒。",
        "市民事先接到提醒。随后无人离开会场。",
        "大使馆借出两幅画。{place}博物馆重新开放。",
        "政府要求降低价格。工人离开工厂时收到通知。",
    ),
}

# Of a hundred items: most wires are in English, and other scripts cost differently.
_LANGUAGES = {"en": 55, "zh": 15, "ru": 8, "es": 8, "de": 7, "fr": 7}


def ordinary_news(number: int, seed: int = 1) -> Iterator[Item]:
    """So many short items, as feeds carry them."""
    draw = random.Random(seed)
    for language in draw.choices(list(_LANGUAGES), list(_LANGUAGES.values()), k=number):
        said = draw.sample(_QUIET[language], draw.randint(1, _MOST) + 1)
        if draw.random() < _SHARE:
            said.insert(draw.randrange(len(said)), draw.choice(_ALARMING[language]))
        title, *text = (_filled(draw, sentence, _NAMES[language]) for sentence in said)
        yield title.rstrip(".。"), ("" if language == "zh" else " ").join(text), language


def _filled(draw: random.Random, sentence: str, names: Mapping[str, tuple[str, ...]]) -> str:
    filled = sentence.format_map({kind: draw.choice(some) for kind, some in names.items()})
    return filled[0].upper() + filled[1:]
