"""What pages say when they have nothing to show, in many languages: one row a phrase, found word by word. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.verdict.texts import phrase
from archiver.verdict.texts import words as _words

if TYPE_CHECKING:
    from collections.abc import Iterable


def _rows(table: str) -> tuple[str, ...]:
    return tuple(phrase(row) for row in table.strip().splitlines() if row.strip())


MISSING = _rows("""
    404 not found
    error 404
    410 gone
    not found
    cannot be found
    can't be found
    could not be found
    couldn't be found
    couldn't find
    could not find
    can't find
    unable to find
    page missing
    missing page
    page is missing
    does not exist
    doesn't exist
    no longer exists
    no longer available
    no longer here
    has been removed
    has been deleted
    was removed
    has expired
    isn't available
    page unavailable
    article unavailable
    content unavailable
    nothing here
    nothing was found
    page is gone
    gone missing
    dead link
    broken link
    no such page
    non trouvée
    non trouvé
    introuvable
    n'existe pas
    n'existe plus
    n'est plus disponible
    plus en ligne
    nicht gefunden
    existiert nicht
    existiert leider nicht
    nicht mehr verfügbar
    nicht verfügbar
    nicht vorhanden
    no encontrada
    no encontrado
    no existe
    ya no existe
    ya no está disponible
    no se ha encontrado
    no se encuentra
    não encontrada
    não encontrado
    não existe
    não foi encontrada
    não está mais disponível
    non trovata
    non trovato
    non esiste
    non è più disponibile
    niet gevonden
    bestaat niet
    bestaat niet meer
    niet meer beschikbaar
    hittades inte
    kunde inte hittas
    finns inte
    ikke funnet
    finnes ikke
    ikke fundet
    findes ikke
    sivua ei löydy
    ei löytynyt
    nie znaleziono
    nie istnieje
    nie została znaleziona
    nenalezena
    neexistuje
    nebyla nalezena
    nem található
    nem létezik
    bulunamadı
    mevcut değil
    nu a fost găsită
    nu există
    pagina nu a fost
    δεν βρέθηκε
    δεν υπάρχει
    не найдена
    не найдено
    не найден
    не существует
    была удалена
    больше не доступна
    не знайдено
    не знайдена
    не існує
    не е намерена
    није пронађена
    غير موجودة
    غير موجود
    لم يتم العثور
    غير متوفرة
    تعذر العثور
    لا يمكن العثور
    הדף לא נמצא
    לא נמצא
    یافت نشد
    पृष्ठ नहीं मिला
    नहीं मिला
    ไม่พบหน้า
    ไม่พบ
    không tìm thấy
    không tồn tại
    tidak ditemukan
    tidak tersedia
    页面不存在
    页面未找到
    找不到页面
    找不到
    未找到
    不存在
    已被删除
    已删除
    無法找到
    頁面不存在
    找不到網頁
    ページが見つかりません
    見つかりません
    見つかりませんでした
    存在しません
    削除されました
    公開を終了
    페이지를 찾을 수 없습니다
    찾을 수 없습니다
    존재하지 않습니다
""")
"""In a heading or a short text: there is no such page."""

AROUND_404 = frozenset(
    _words(
        """
    404 error http status code page oops sorry erreur fehler errore fel fejl feil chyba hiba hata eroare foutmelding
    fout błąd ошибка помилка грешка σφάλμα خطأ שגיאה エラー 오류 错误 錯誤 lỗi
    """
    )
)
"""Words that stand in a heading beside 404 where it is the status; with others it may be a car."""

SEARCH = _rows("""
    search results
    results for
    you searched for
    search for
    no results
    0 results
    résultats de recherche
    résultats pour
    aucun résultat
    suchergebnisse
    keine treffer
    suche nach
    resultados de búsqueda
    resultados para
    sin resultados
    resultados da pesquisa
    risultati della ricerca
    risultati per
    zoekresultaten
    результаты поиска
    نتائج البحث
    搜索结果
    搜尋結果
    検索結果
    검색 결과
""")
"""In a heading: a list of what was found."""

FOR_SALE = _rows("""
    domain is for sale
    domain for sale
    domain name is for sale
    domain may be for sale
    buy this domain
    domain is parked
    parked domain
    domain parking
    parked free
    make an offer on this domain
    inquire about this domain
    domain has expired
    domain name has expired
    this domain is available
    domain is available for purchase
    domain is registered
    domain has been registered
    domain ist zu verkaufen
    domain steht zum verkauf
    domain kaufen
    diese domain ist
    domaine est à vendre
    domaine à vendre
    domaine est en vente
    nom de domaine expiré
    dominio en venta
    dominio está en venta
    comprar este dominio
    dominio in vendita
    dominio è in vendita
    domínio está à venda
    domein is te koop
    domein te koop
    домен продается
    домен продаётся
    купить домен
    домен припаркован
    срок регистрации домена истек
    النطاق معروض للبيع
    النطاق للبيع
    域名出售
    域名正在出售
    该域名
    このドメインは
    ドメインを購入
    ドメイン販売
""")
"""In a title, a heading or a short text: the domain is to be had, or holds advertisements."""

SALE = _rows("""
    for sale
    zu verkaufen
    zum verkauf
    à vendre
    en vente
    en venta
    in vendita
    à venda
    te koop
    na sprzedaż
    продаётся
    продается
    للبيع
    出售
    売り出し中
""")
"""In a heading that names the domain itself."""

CONSENT = _rows("""
    before you continue
    privacy choices
    value your privacy
    respect your privacy
    privacy is important to us
    your privacy matters
    cookie consent
    consent to cookies
    accept all cookies
    accept cookies
    accept and continue
    agree and continue
    use of cookies
    cookie settings
    privacy settings
    avant de continuer
    respect de votre vie privée
    votre vie privée
    accepter les cookies
    accepter et continuer
    bevor sie fortfahren
    zustimmung
    mit werbung weiterlesen
    ihre privatsphäre
    cookies akzeptieren
    alle akzeptieren
    antes de continuar
    tu privacidad
    su privacidad
    aceptar cookies
    aceptar y continuar
    prima di continuare
    la tua privacy
    accetta e continua
    uw privacy
    jouw privacy
    cookies accepteren
    согласие на обработку
    принять все
    файлы cookie
    файлов cookie
    ملفات تعريف الارتباط
    同意并继续
    使用条款和隐私
    cookie の使用
    同意する
""")
"""In the title or the short text of a page that asks first."""

LOGIN = _rows("""
    log in
    login
    sign in
    sign on
    please log
    members only
    se connecter
    connexion
    connectez vous
    anmelden
    einloggen
    anmeldung
    iniciar sesión
    inicia sesión
    entrar
    accedi
    inloggen
    aanmelden
    войти
    вход
    авторизация
    تسجيل الدخول
    登录
    登入
    ログイン
    로그인
""")
"""In the title or heading of a page that asks for a password."""


def first_said(phrases: Iterable[str], text: str) -> str | None:
    """Give the first of `phrases` that stands in `text`, itself a `phrase`, or None."""
    said = next(filter(text.__contains__, phrases), None)
    return None if said is None else said.strip()
