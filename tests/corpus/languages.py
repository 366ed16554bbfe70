"""The corpus' words: what its pages are written with, in eight languages. All of it was written for this corpus."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: pieces of sentences, and what its sites say of themselves; a wording's place decides its half."""

    code: str
    legacy: str  # the coding its older pages are in
    subjects: tuple[str, ...]
    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    places: tuple[str, ...]
    clauses: tuple[str, ...]
    sections: tuple[str, ...]
    sites: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]  # a heading, and a text
    search: tuple[str, ...]  # `{}` is what was searched for
    consent: tuple[tuple[str, str], ...]
    login: tuple[tuple[str, str], ...]
    for_sale: tuple[tuple[str, str], ...]
    closed: tuple[str, ...]
    gap: str = " "
    stop: str = ". "

    def halved(self, rng: Random) -> tuple[Language, Language]:
        """Give two that share no object, place or clause: what one article says, and what all else does.

        Articles of one paper do share words, but hardly ever three in a row.
        """
        ours: dict[str, tuple[str, ...]] = {}
        theirs: dict[str, tuple[str, ...]] = {}
        for name in ("objects", "places", "clauses"):
            pieces = list(getattr(self, name))
            rng.shuffle(pieces)
            middle = len(pieces) // 2
            ours[name], theirs[name] = tuple(pieces[:middle]), tuple(pieces[middle:])
        return replace(self, **ours), replace(self, **theirs)  # type: ignore[arg-type] # by name, all of one type


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    rows = [row.partition("=>") for row in text.strip().splitlines()]
    return tuple((heading.strip(), said.strip()) for heading, _, said in rows)


ENGLISH = Language(
    code="en",
    legacy="cp1252",
    subjects=_list(
        "Civil liberties groups|The city council|Two former ministers|Farmers in the north|A team of biologists|"
        "Bank regulators|Striking nurses|The national orchestra|School inspectors|A start-up for batteries|"
        "Ferry passengers|Court reporters|Three retired astronauts|Local bakeries"
    ),
    verbs=_list(
        "demand|have rejected|are hoping for|warn of|celebrate|cast doubt on|vote against|prepare|study|postpone|"
        "welcome|sue over"
    ),
    objects=_list(
        "a ban on facial recognition cameras|the new harbour tunnel|higher milk prices|a record salmon run|"
        "stricter lending rules|longer night shifts|an unfinished symphony|digital report cards|a solid-state factory|"
        "cheaper winter fares|open hearings|a museum on the moon|smaller loaves|the drought insurance scheme"
    ),
    places=_list(
        "in Manchester|across England and Wales|near the Scottish border|in rural Ohio|at the Bergen summit|"
        "before the summer break|despite public protest|after years of delay|in spite of the weather|on Tuesday night|"
        "ahead of the election|for the first time since 1974"
    ),
    clauses=_list(
        "officials declined to comment on the details|a spokeswoman called the figures disappointing|"
        "residents said they had heard nothing for months|the report runs to more than ninety pages|"
        "critics fear that costs could double within a year|similar plans failed in the spring|"
        "experts point to a study from Denmark|the decision can still be appealed|nobody was injured, police said|"
        "supporters gathered outside with candles|the money will come from a regional fund|"
        "a final vote is expected in November|volunteers had collected nine thousand signatures|"
        "the chair of the committee promised another hearing|prices have risen for the third year running|"
        "engineers found cracks in two of the pillars|the union wants a meeting before the holidays|"
        "several towns have already copied the idea"
    ),
    sections=_list("News|Sport|Culture|Business|Opinion|Weather|Travel|Video|Science|Politics"),
    sites=_list("Northern Herald|The Daily Lantern|Harbour Gazette|Metro Observer"),
    missing=_pairs("""
        Page not found => The page you are looking for might have been moved, renamed or never have been there.
        404 => Sorry, we couldn't find that page. Try the menu above.
        Oops! That page can't be found => It looks like nothing was found at this location.
        Article no longer available => This story has been removed from our site.
        Error 404 - Not Found => The requested address does not exist on this server.
        We're sorry => The article you requested is no longer available.
        This page doesn't exist => Perhaps you mistyped the address, or the link is broken.
        Nothing here => The content you wanted isn't available any more.
    """),
    search=_list('Search results for {}|You searched for {}|{} - Search results|Results for "{}"'),
    consent=_pairs("""
        Before you continue => We and our partners use cookies to store and read personal data. Accept all or manage.
        We value your privacy => Please choose whether to accept all cookies or pay for a subscription.
        Your privacy choices => To go on, agree that we process your data. You can change this at any time.
        Cookie consent => We need your consent to cookies before we can show you the site.
    """),
    login=_pairs("""
        Log in to your account => Enter your email address and your password to go on.
        Sign in => Members of the library sign in here with their card number.
        Please log in => This area is for subscribers. New here? Create an account.
        Members only => Sign in with your user name to read on.
    """),
    for_sale=_pairs("""
        {domain} is for sale => This domain is for sale! Make an offer or buy now.
        Buy this domain => The owner of {domain} is offering it for a price of 2,888 USD.
        {domain} - this domain name is for sale => Inquire about this domain today. Secure escrow.
        {domain} => This domain is parked free of charge. Related searches: loans, insurance, casino, flights.
        Domain for sale => {domain} may be yours today.
        {domain} => The domain has expired. Is this your domain? Renew it now.
    """),
    closed=_list(
        "After eleven years we have decided to close this service. Thank you to all who wrote, read and shared with us. "
        "Questions can still be sent by letter to our old office. The archive was handed to the town library.|"
        "The blog platform is shutting down. Since June nothing can be posted or read. We are grateful to our authors, "
        "and wish them well on their further ways. The team has moved on to other things."
    ),
)

GERMAN = Language(
    code="de",
    legacy="cp1252",
    subjects=_list(
        "Bürgerrechtler|Der Stadtrat|Zwei frühere Minister|Bauern im Norden|Ein Team von Biologinnen|Bankenaufseher|"
        "Streikende Pflegekräfte|Das Staatsorchester|Schulräte|Ein Hersteller von Batterien|Fährgäste|Gerichtsreporter"
    ),
    verbs=_list("fordern|lehnen ab:|hoffen auf|warnen vor|feiern|zweifeln an|stimmen gegen|planen|prüfen|verschieben"),
    objects=_list(
        "Verbot von Gesichtserkennung|neuen Hafentunnel|höhere Milchpreise|Rekordzahl an Lachsen|strengere Kreditregeln|"
        "längere Nachtschichten|unvollendete Sinfonie|digitale Zeugnisse|Fabrik für Feststoffzellen|"
        "günstigere Winterpreise|öffentliche Anhörungen|Museum auf dem Mond"
    ),
    places=_list(
        "in Köln|im ganzen Land|an der Grenze zu Dänemark|in der Eifel|auf dem Gipfel in Bergen|vor der Sommerpause|"
        "trotz lauter Proteste|nach Jahren der Verzögerung|am Dienstagabend|vor der Wahl|zum ersten Mal seit 1974"
    ),
    clauses=_list(
        "die Behörde wollte sich zu Einzelheiten nicht äußern|eine Sprecherin nannte die Zahlen enttäuschend|"
        "Anwohner hatten monatelang nichts gehört|der Bericht umfasst mehr als neunzig Seiten|"
        "Kritiker fürchten doppelte Kosten binnen eines Jahres|ähnliche Pläne scheiterten im Frühjahr|"
        "Fachleute verweisen auf eine Studie aus Dänemark|gegen die Entscheidung ist Berufung möglich|"
        "verletzt wurde nach Angaben der Polizei niemand|Unterstützer versammelten sich mit Kerzen|"
        "das Geld kommt aus einem Fonds der Region|eine Abstimmung wird im November erwartet|"
        "Freiwillige hatten neuntausend Unterschriften gesammelt|die Preise stiegen im dritten Jahr in Folge|"
        "Ingenieure fanden Risse in zwei Pfeilern"
    ),
    sections=_list("Politik|Sport|Kultur|Wirtschaft|Meinung|Wetter|Reise|Wissen|Gesellschaft"),
    sites=_list("Nordkurier|Tagesblatt|Hafenzeitung|Rheinische Rundschau"),
    missing=_pairs("""
        Seite nicht gefunden => Die angeforderte Seite konnte leider nicht gefunden werden.
        404 - Fehler => Diese Seite existiert nicht oder nicht mehr.
        Hoppla! => Der gewünschte Artikel ist nicht mehr verfügbar.
        Die Seite wurde nicht gefunden => Bitte prüfen Sie die Adresse auf Tippfehler.
        Dieser Inhalt ist nicht mehr verfügbar => Vielleicht hilft Ihnen die Suche weiter.
        Diese Seite existiert leider nicht => Zurück zur Startseite.
    """),
    search=_list("Suchergebnisse für {}|Suche nach {}"),
    consent=_pairs("""
        Bevor Sie fortfahren => Wir verwenden Cookies und brauchen dafür Ihre Zustimmung. Alle akzeptieren oder ablehnen.
        Mit Werbung weiterlesen => Besuchen Sie uns mit Werbung und Cookies, oder schließen Sie ein Abo ab.
    """),
    login=_pairs("""
        Anmelden => Bitte geben Sie Ihre E-Mail-Adresse und Ihr Passwort ein.
        Einloggen => Der Bereich ist Abonnenten vorbehalten. Neu hier? Jetzt registrieren.
    """),
    for_sale=_pairs("""
        {domain} steht zum Verkauf => Diese Domain steht zum Verkauf. Jetzt Angebot machen.
        Domain kaufen => Die Domain {domain} kann erworben werden.
    """),
    closed=_list(
        "Nach elf Jahren stellen wir unser Angebot ein. Wir danken allen, die hier geschrieben, gelesen und geteilt haben. "
        "Fragen beantworten wir weiter auf dem Postweg. Das Archiv liegt nun in der Stadtbücherei am Markt.|"
        "Unser Portal schließt. Seit Juni kann nichts mehr gelesen oder geschrieben werden. Wir danken unseren Autorinnen "
        "und Autoren und wünschen alles Gute für den weiteren Weg. Die Redaktion hat andere Aufgaben übernommen."
    ),
)

FRENCH = Language(
    code="fr",
    legacy="cp1252",
    subjects=_list(
        "Des défenseurs des libertés|Le conseil municipal|Deux anciens ministres|Les éleveurs du Nord|"
        "Une équipe de biologistes|Les régulateurs bancaires|Des infirmières en grève|L’orchestre national|"
        "Les inspecteurs d’académie|Un fabricant de batteries|Les passagers du ferry|Trois astronautes retraités"
    ),
    verbs=_list("réclament|ont rejeté|espèrent|redoutent|célèbrent|contestent|préparent|étudient|reportent|saluent"),
    objects=_list(
        "l’interdiction de la reconnaissance faciale|le nouveau tunnel du port|la hausse du prix du lait|"
        "un nombre record de saumons|des règles de crédit plus strictes|des nuits de travail plus longues|"
        "une symphonie inachevée|les bulletins numériques|une usine d’électrolytes|des tarifs d’hiver réduits|"
        "un musée sur la Lune|des audiences publiques"
    ),
    places=_list(
        "à Marseille|dans tout le pays|près de la frontière|en Bretagne|au sommet de Bergen|avant la pause estivale|"
        "malgré les protestations|après des années de retard|mardi soir|avant l’élection|pour la première fois depuis 1974"
    ),
    clauses=_list(
        "les autorités n’ont pas souhaité commenter|une porte-parole juge les chiffres décevants|"
        "les riverains n’avaient rien entendu depuis des mois|le rapport compte plus de quatre-vingt-dix pages|"
        "les critiques craignent un doublement des coûts|des projets semblables ont échoué au printemps|"
        "des spécialistes citent une étude danoise|la décision peut encore faire l’objet d’un appel|"
        "personne n’a été blessé selon la police|des sympathisants se sont réunis avec des bougies|"
        "l’argent viendra d’un fonds régional|un vote définitif est attendu en novembre|"
        "des bénévoles avaient réuni neuf mille signatures|les prix augmentent pour la troisième année"
    ),
    sections=_list("Actualités|Sport|Culture|Économie|Opinions|Météo|Voyages|Sciences|Politique"),
    sites=_list("Le Courrier du Nord|La Gazette du port|L’Écho métropolitain|Le Phare"),
    missing=_pairs("""
        Page non trouvée => La page que vous recherchez n’existe pas ou a été déplacée.
        Page introuvable => Vérifiez l’adresse ou revenez à l’accueil.
        Erreur 404 => Cet article n’est plus disponible.
        Oups ! => Le contenu demandé est introuvable.
        Cet article n’existe plus => Retournez à la une.
        La page demandée n’existe pas => Utilisez la recherche.
    """),
    search=_list("Résultats de recherche pour {}|Résultats pour {}"),
    consent=_pairs("""
        Le respect de votre vie privée est notre priorité => Avec votre accord, nos partenaires utilisent des cookies.
        Avant de continuer => Vous pouvez accepter les cookies ou vous abonner.
    """),
    login=_pairs("""
        Se connecter => Saisissez votre adresse e-mail et votre mot de passe.
        Connexion => Cet espace est réservé aux abonnés. Créez un compte.
    """),
    for_sale=_pairs("""
        {domain} est à vendre => Ce domaine est à vendre. Faites une offre.
        Le domaine {domain} => Ce nom de domaine est en vente. Contactez le propriétaire du domaine à vendre.
    """),
    closed=_list(
        "Après onze années, nous fermons ce service. Merci à tous ceux qui ont écrit, lu et partagé avec nous. Nous "
        "répondons encore par courrier. Les archives ont été confiées à la bibliothèque municipale de la ville.|"
        "La plateforme ferme ses portes. Depuis juin, rien ne peut être lu ni publié. Nous remercions nos auteurs et leur "
        "souhaitons bonne route. L’équipe se consacre désormais à d’autres projets dans la région."
    ),
)

SPANISH = Language(
    code="es",
    legacy="cp1252",
    subjects=_list(
        "Grupos de derechos civiles|El ayuntamiento|Dos antiguos ministros|Ganaderos del norte|Un equipo de biólogas|"
        "Reguladores bancarios|Enfermeras en huelga|La orquesta nacional|Inspectores escolares|"
        "Un fabricante de baterías|Pasajeros del ferri|Tres astronautas jubilados"
    ),
    verbs=_list("exigen|rechazan|esperan|advierten sobre|celebran|ponen en duda|preparan|estudian|aplazan|acogen"),
    objects=_list(
        "la prohibición del reconocimiento facial|el nuevo túnel del puerto|la subida de la leche|"
        "una cifra récord de salmones|normas de crédito más duras|turnos de noche más largos|una sinfonía inacabada|"
        "boletines digitales|una fábrica de celdas sólidas|tarifas de invierno más baratas|un museo en la Luna"
    ),
    places=_list(
        "en Sevilla|en todo el país|cerca de la frontera|en la Galicia rural|en la cumbre de Bergen|"
        "antes del verano|pese a las protestas|tras años de retraso|el martes por la noche|antes de las elecciones"
    ),
    clauses=_list(
        "las autoridades no quisieron dar detalles|una portavoz calificó las cifras de decepcionantes|"
        "los vecinos llevaban meses sin noticias|el informe tiene más de noventa páginas|"
        "los críticos temen que se dupliquen los costes|planes parecidos fracasaron en primavera|"
        "los expertos citan un estudio danés|la decisión aún puede recurrirse|nadie resultó herido, según la policía|"
        "los partidarios se reunieron con velas|el dinero saldrá de un fondo regional|"
        "la votación final se espera en noviembre|los voluntarios reunieron nueve mil firmas"
    ),
    sections=_list("Noticias|Deportes|Cultura|Economía|Opinión|Tiempo|Viajes|Ciencia|Política"),
    sites=_list("El Correo del Norte|La Gaceta|El Faro|Diario Metropolitano"),
    missing=_pairs("""
        Página no encontrada => La página que buscas no existe o ha cambiado de dirección.
        Error 404 => No se ha encontrado lo que buscabas.
        La página no existe => Vuelve a la portada.
        Lo sentimos => Este artículo ya no está disponible.
    """),
    search=_list("Resultados de búsqueda: {}|Resultados para {}"),
    consent=_pairs("""
        Antes de continuar => Nosotros y nuestros socios usamos cookies. Puedes aceptar y continuar o suscribirte.
        Tu privacidad es importante => Elige si deseas aceptar cookies o gestionar tus opciones.
    """),
    login=_pairs("""
        Iniciar sesión => Introduce tu correo y tu contraseña.
        Inicia sesión para seguir leyendo => Solo para suscriptores. Crea una cuenta.
    """),
    for_sale=_pairs("""
        {domain} => Este dominio está en venta. Haga su oferta.
        Dominio en venta => Puede comprar este dominio hoy mismo: {domain}.
    """),
    closed=_list(
        "Tras once años hemos decidido cerrar este servicio. Gracias a quienes escribieron, leyeron y compartieron con "
        "nosotros. Seguimos contestando por carta. El archivo se ha entregado a la biblioteca municipal del centro.|"
        "La plataforma cierra. Desde junio no se puede publicar ni leer nada. Damos las gracias a nuestros autores y les "
        "deseamos lo mejor. El equipo se dedica ahora a otras tareas en la región y no volverá a abrir esta puerta."
    ),
)

RUSSIAN = Language(
    code="ru",
    legacy="cp1251",
    subjects=_list(
        "Правозащитники|Городской совет|Два бывших министра|Фермеры севера|Группа биологов|Банковский надзор|"
        "Бастующие медсёстры|Национальный оркестр|Школьные инспекторы|Производитель батарей|Пассажиры парома"
    ),
    verbs=_list("требуют|отвергли|надеются на|опасаются|празднуют|критикуют|готовят|изучают|откладывают"),
    objects=_list(
        "запрет камер распознавания лиц|новый портовый тоннель|рост цен на молоко|рекордный нерест лосося|"
        "жёсткие правила кредитования|длинные ночные смены|неоконченную симфонию|цифровые дневники|"
        "завод твердотельных элементов|дешёвые зимние билеты|музей на Луне"
    ),
    places=_list(
        "в Казани|по всей стране|у финской границы|в сельской Карелии|на саммите в Бергене|до летних каникул|"
        "несмотря на протесты|после долгих лет ожидания|во вторник вечером|накануне выборов"
    ),
    clauses=_list(
        "чиновники отказались комментировать подробности|представитель назвала цифры неутешительными|"
        "жители месяцами ничего не слышали|доклад занимает более девяноста страниц|"
        "критики боятся удвоения расходов за год|похожие планы провалились весной|"
        "эксперты ссылаются на датское исследование|решение ещё можно обжаловать|никто не пострадал, сообщила полиция|"
        "сторонники собрались со свечами|деньги поступят из областного фонда|голосование ожидается в ноябре|"
        "добровольцы собрали девять тысяч подписей"
    ),
    sections=_list("Новости|Спорт|Культура|Экономика|Мнения|Погода|Путешествия|Наука|Политика"),
    sites=_list("Северный вестник|Городская газета|Маяк|Столичный обозреватель"),
    missing=_pairs("""
        Страница не найдена => Запрошенная вами страница не существует или была удалена.
        Ошибка 404 => К сожалению, такой страницы не существует.
        Извините => Материал был удалён или не найден.
        Такой страницы не существует => Вернитесь на главную.
    """),
    search=_list("Результаты поиска: {}|Результаты поиска по запросу {}"),
    consent=_pairs("""
        Файлы cookie => Мы используем файлы cookie. Нажмите «Принять все», чтобы продолжить.
        Согласие на обработку данных => Для продолжения дайте согласие на обработку персональных данных.
    """),
    login=_pairs("""
        Вход => Введите адрес почты и пароль.
        Войти => Раздел доступен подписчикам. Зарегистрируйтесь.
    """),
    for_sale=_pairs("""
        Домен {domain} продаётся => Купить домен можно прямо сейчас.
        {domain} => Домен припаркован. Срок регистрации домена истек.
    """),
    closed=_list(
        "После одиннадцати лет мы закрываем этот сервис. Спасибо всем, кто писал, читал и делился с нами. На вопросы мы "
        "по-прежнему отвечаем письмами. Архив передан городской библиотеке на площади, там его можно посмотреть каждый "
        "будний день после обеда, если заранее записаться у дежурного по телефону или лично у входа в читальный зал.|"
        "Наша площадка прекращает работу. С июня здесь ничего нельзя опубликовать или прочитать. Мы благодарим авторов и "
        "желаем им удачи. Редакция занялась другими делами, и вернуться к прежним страницам уже не получится, как бы нам "
        "этого ни хотелось после стольких лет совместной работы и долгих вечерних споров о заголовках и запятых."
    ),
)

ARABIC = Language(
    code="ar",
    legacy="cp1256",
    subjects=_list(
        "جماعات الحريات المدنية|مجلس المدينة|وزيران سابقان|مزارعو الشمال|فريق من علماء الأحياء|هيئة الرقابة المصرفية|"
        "ممرضات مضربات|الأوركسترا الوطنية|مفتشو المدارس|مصنع للبطاريات|ركاب العبارة"
    ),
    verbs=_list("تطالب بـ|يرفض|يأمل في|يحذر من|يحتفل بـ|يشكك في|يعد|يدرس|يؤجل"),
    objects=_list(
        "حظر كاميرات التعرف على الوجوه|نفق الميناء الجديد|رفع أسعار الحليب|عدد قياسي من السلمون|"
        "قواعد إقراض أشد|نوبات ليلية أطول|سيمفونية لم تكتمل|شهادات رقمية|مصنع الخلايا الصلبة|تذاكر شتوية أرخص"
    ),
    places=_list(
        "في الإسكندرية|في جميع أنحاء البلاد|قرب الحدود|في الريف|في قمة بيرغن|قبل عطلة الصيف|رغم الاحتجاجات|"
        "بعد سنوات من التأخير|مساء الثلاثاء|قبيل الانتخابات"
    ),
    clauses=_list(
        "رفض المسؤولون التعليق على التفاصيل|وصفت متحدثة الأرقام بأنها مخيبة|لم يسمع السكان شيئا منذ أشهر|"
        "يقع التقرير في أكثر من تسعين صفحة|يخشى المنتقدون تضاعف التكاليف خلال عام|فشلت خطط مشابهة في الربيع|"
        "يشير الخبراء إلى دراسة دنماركية|يمكن الطعن في القرار|لم يصب أحد بحسب الشرطة|تجمع المؤيدون بالشموع|"
        "يأتي المال من صندوق إقليمي|يتوقع التصويت في نوفمبر|جمع المتطوعون تسعة آلاف توقيع"
    ),
    sections=_list("أخبار|رياضة|ثقافة|اقتصاد|آراء|طقس|سفر|علوم|سياسة"),
    sites=_list("بريد الشمال|جريدة المدينة|المنارة|المراقب"),
    missing=_pairs("""
        الصفحة غير موجودة => لم يتم العثور على الصفحة التي تبحث عنها.
        خطأ 404 => عذرا، هذه الصفحة غير متوفرة.
        عذرا => الصفحة المطلوبة غير موجودة.
        لم يتم العثور على الصفحة => ارجع إلى الصفحة الرئيسية.
    """),
    search=_list("نتائج البحث عن {}|نتائج البحث: {}"),
    consent=_pairs("""
        ملفات تعريف الارتباط => نستخدم ملفات تعريف الارتباط. اختر الموافقة للمتابعة.
        قبل المتابعة => يستخدم الموقع ملفات تعريف الارتباط ويحتاج إلى موافقتك.
    """),
    login=_pairs("""
        تسجيل الدخول => أدخل بريدك الإلكتروني وكلمة المرور.
        تسجيل الدخول للمشتركين => هذا القسم للمشتركين فقط.
    """),
    for_sale=_pairs("""
        {domain} => هذا النطاق معروض للبيع. قدم عرضك.
        النطاق للبيع => يمكنك شراء {domain} اليوم.
    """),
    closed=_list(
        "بعد أحد عشر عاما قررنا إغلاق هذه الخدمة. شكرا لكل من كتب وقرأ وشارك معنا. ما زلنا نجيب عن الأسئلة بالبريد. سلمنا "
        "الأرشيف إلى مكتبة المدينة في الساحة، ويمكن الاطلاع عليه هناك في أيام العمل بعد الظهر لمن يحجز موعدا مسبقا عند "
        "موظف الاستقبال أو عبر الهاتف، مع إبراز بطاقة المكتبة عند الدخول إلى قاعة القراءة الكبيرة في الطابق الثاني.|"
        "تغلق المنصة أبوابها. منذ يونيو لا يمكن نشر أي شيء أو قراءته. نشكر كتابنا ونتمنى لهم التوفيق. انتقل الفريق إلى أعمال "
        "أخرى ولن نعود إلى فتح هذه الصفحات مهما رغبنا في ذلك بعد سنوات طويلة من العمل المشترك والنقاش المسائي الطويل حول "
        "العناوين والفواصل، فقد حان وقت الراحة لنا جميعا وللخوادم القديمة التي تعبت معنا كثيرا في تلك السنوات."
    ),
    stop=". ",
)

CHINESE = Language(
    code="zh",
    legacy="gb18030",
    subjects=_list(
        "公民自由团体|市议会|两名前部长|北方农民|生物学家团队|银行监管机构|罢工护士|国家交响乐团|学校督察|电池制造商|渡轮乘客"
    ),
    verbs=_list("要求|否决了|期待|警告|庆祝|质疑|筹备|研究|推迟"),
    objects=_list(
        "禁止人脸识别摄像头|新建港口隧道|提高牛奶价格|三文鱼创纪录洄游|收紧贷款规定|延长夜班时间|未完成的交响曲|"
        "电子成绩单|固态电池工厂|更便宜的冬季票价|月球博物馆"
    ),
    places=_list(
        "于曼彻斯特|遍及全国各地|在边境附近|在农村地区|在卑尔根峰会上|暑期休会之前|无视公众抗议|历经多年拖延|周二晚间|选举前夕"
    ),
    clauses=_list(
        "官员拒绝就细节置评|发言人称这些数字令人失望|居民表示几个月来毫无消息|报告长达九十多页|批评者担心成本一年内翻倍|"
        "类似计划在春天失败|专家援引丹麦的一项研究|该决定仍可上诉|警方称无人受伤|支持者手持蜡烛聚集|资金来自地区基金|"
        "最终表决预计在十一月举行|志愿者收集了九千个签名|工程师在两根柱子上发现裂缝|工会希望在节前会面"
    ),
    sections=_list("新闻|体育|文化|财经|评论|天气|旅游|科学|政治"),
    sites=_list("北方日报|海港晚报|都市观察|灯塔新闻网"),
    missing=_pairs("""
        页面不存在 => 抱歉，您访问的页面未找到，可能已被删除。
        404 错误 => 找不到您要访问的网页。
        抱歉 => 该文章已删除或不存在。
        页面未找到 => 请返回首页。
    """),
    search=_list("搜索结果：{}|{} - 搜索结果"),
    consent=_pairs("""
        使用条款和隐私 => 我们使用 Cookie。请点击“同意并继续”。
        隐私提示 => 继续之前，请同意并继续使用本网站的 Cookie。
    """),
    login=_pairs("""
        用户登录 => 请输入邮箱和密码登录。
        登录 => 本栏目仅向订阅用户开放，请登录或注册。
    """),
    for_sale=_pairs("""
        {domain} 域名出售 => 该域名正在出售，欢迎报价。
        {domain} => 您所访问的域名正在出售。
    """),
    closed=_list(
        "运营十一年之后，我们决定关闭这项服务。感谢所有在这里写作、阅读和分享的人。有问题仍可来信询问，我们会逐一回复。"
        "全部档案已移交市图书馆，读者可在工作日下午前往二楼阅览室查阅，需要提前向值班人员预约并出示有效的借书证。"
        "服务器将于年底停止运转，届时所有数据都会按照规定清理。团队成员已经陆续投入新的工作，我们衷心祝愿每一位作者前程似锦，"
        "也希望有一天能在别的地方再次相遇，继续谈论那些关于标题和标点的漫长争论，以及无数个赶稿的夜晚。|"
        "本平台正式停止服务。自六月起，这里不能再发布或阅读任何内容。我们感谢多年来陪伴我们的作者，并祝他们今后一切顺利。"
        "编辑部已经转向其他工作，办公室也交还给了房东。纸质资料由本地档案馆保存，研究人员可以按规定申请查看。"
        "如需帮助，请写信到原来的地址，信件会转交给负责善后的同事处理。再次感谢大家，愿我们后会有期，"
        "也愿那些曾经在深夜被认真读完的故事，继续留在每一位读者的心里，成为平凡日子里的一点光亮。"
    ),
    gap="",
    stop="。",
)

JAPANESE = Language(
    code="ja",
    legacy="cp932",
    subjects=_list(
        "市民団体が|市議会が|元閣僚二人が|北部の農家が|生物学者チームが|銀行監督当局が|スト中の看護師が|国立管弦楽団が|"
        "学校視察官が|電池メーカーが|フェリー乗客が"
    ),
    verbs=_list("要求|否決|期待|警告|祝福|疑問視|準備|調査|延期"),
    objects=_list(
        "顔認識カメラの禁止を|新しい港湾トンネルを|牛乳の値上げを|サケの記録的な遡上を|融資規制の強化を|夜勤の延長を|"
        "未完の交響曲を|電子通知表を|全固体工場を|冬の割引運賃を|月面博物館を"
    ),
    places=_list(
        "マンチェスターで|全国各地で|国境付近で|農村部で|ベルゲン会議で|夏休み前に|抗議をよそに|長年の遅れの末|火曜夜|選挙を前に"
    ),
    clauses=_list(
        "当局は詳細についてコメントを控えた|報道官は数字に失望したと述べた|住民は何か月も知らされていなかった|"
        "報告書は九十ページを超える|批判派は費用の倍増を恐れている|似た計画は春に頓挫した|専門家はデンマークの研究を挙げる|"
        "決定にはまだ不服を申し立てられる|警察によるとけが人はいない|支持者はろうそくを手に集まった|資金は地域の基金から出る|"
        "採決は十一月の見通しだ|ボランティアは九千人分の署名を集めた|技師は柱二本にひびを見つけた"
    ),
    sections=_list("ニュース|スポーツ|文化|経済|意見|天気|旅行|科学|政治"),
    sites=_list("北日新聞|港湾タイムズ|都市オブザーバー|灯台ニュース"),
    missing=_pairs("""
        ページが見つかりません => お探しのページは存在しません。
        404 エラー => ご指定のページは見つかりませんでした。
        申し訳ございません => この記事は公開を終了しました。
        お探しのページは見つかりませんでした => トップページへお戻りください。
    """),
    search=_list("検索結果: {}|「{}」の検索結果"),
    consent=_pairs("""
        Cookie の使用について => 続けるには「同意する」を押してください。
        プライバシー設定 => 当サイトは Cookie の使用に同意するかどうかをお尋ねします。
    """),
    login=_pairs("""
        ログイン => メールアドレスとパスワードを入力してください。
        会員ログイン => この記事は会員限定です。
    """),
    for_sale=_pairs("""
        {domain} => このドメインは売り出し中です。
        ドメイン販売 => {domain} のお問い合わせはこちら。ドメインを購入できます。
    """),
    closed=_list(
        "十一年にわたり続けてきたこのサービスを終えることにしました。書いてくださった方、読んでくださった方、分かち合って"
        "くださった皆さまに心から感謝します。ご質問には今後もお手紙でお答えします。資料はすべて市立図書館に引き渡され、"
        "平日の午後に二階の閲覧室でご覧いただけます。事前に受付で予約し、貸出カードをお持ちください。サーバーは年末に停止し、"
        "すべての記録は規則に従って整理されます。仲間たちはそれぞれ新しい仕事に就きました。いつかどこかで再びお会いできる日を"
        "楽しみにしています。長い夜の議論を、私たちは決して忘れません。|"
        "この場は役目を終えました。六月からは投稿も閲覧もできません。長年支えてくださった書き手の皆さまにお礼を申し上げ、"
        "今後のご活躍をお祈りします。編集部は別の仕事に移り、事務所も大家さんに返しました。紙の資料は地元の文書館が保管し、"
        "研究者の方は所定の手続きで閲覧できます。お困りのときは以前の住所へお手紙をお送りください。担当の者が順にお返事します。"
        "夜更けに読まれた物語が、これからも皆さまの心に残り、静かな日々の小さな灯りとなりますように。"
    ),
    gap="",
    stop="。",
)

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH, RUSSIAN, ARABIC, CHINESE, JAPANESE)
