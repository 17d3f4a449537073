"""What each check says to the partner, by its name and case, in English and Korean."""

from collections.abc import Mapping
from typing import Final, Literal

from latchstring.publishing.check import Check

Language = Literal["en", "ko"]

#: What is checked.
TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "folder": ("The integration’s folder", "통합 폴더"),
    "uninstallation_section": ("README tells how to uninstall", "README의 제거 안내"),
    "revokes_authorizations": (
        "README says that authorizations are revoked",
        "README의 승인 철회 안내",
    ),
    "disables_api_keys": ("README says that API keys are to be disabled", "README의 API 키 비활성화 안내"),
    "manifest": ("manifest.json can be read", "manifest.json 형식"),
    "uninstallation_reference": (
        "manifest.json refers to the section on uninstalling",
        "manifest.json의 제거 안내 참조",
    ),
    "oauth_reference": (
        "manifest.json names the OAuth client’s file",
        "manifest.json의 OAuth 클라이언트 파일 참조",
    ),
    "oauth_clients": ("assets/oauth_clients.json can be read", "assets/oauth_clients.json 형식"),
    "oauth_clients_equal": (
        "assets/oauth_clients.json says what is registered",
        "assets/oauth_clients.json과 등록 내용 일치",
    ),
    "stable": ("The app is marked stable", "앱의 안정 표시"),
    "redirect_uris": ("Redirect URIs are ready for customers", "고객용 리디렉션 URI"),
    "onboarding_url": ("The onboarding URL is ready for customers", "고객용 온보딩 URL"),
    "scopes_exercised": ("Every requested scope was used", "요청한 모든 권한 범위의 사용"),
}

_NO_README = (
    "There is no README.md. Add it to the folder, with the sections Overview, Setup and Uninstallation.",
    "README.md가 없습니다. 개요(Overview), 설정(Setup), 제거(Uninstallation) 절을 담아 폴더에 추가하십시오.",
)
_NO_SECTION = (
    "Nothing can be read here until README.md has the section “## Uninstallation”.",
    "README.md에 “## Uninstallation” 절이 있어야 확인할 수 있습니다.",
)
_NO_SUPPORT = (
    'The tile has no “support”. Add it, and directly beneath it: "uninstallation": "README.md#Uninstallation",',
    '타일에 “support”가 없습니다. 추가하고 바로 아래에 "uninstallation": "README.md#Uninstallation", 을 넣으십시오.',
)

#: What came out and what to do, by name and case.
SENTENCES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("folder", "none"): (
        "Nobody has checked the folder yet. Upload it as a zip, or run “latchstring publish check” in your CI.",
        "아직 폴더를 점검하지 않았습니다. zip으로 올리거나 CI에서 “latchstring publish check”를 실행하십시오.",
    ),
    ("uninstallation_section", "passed"): (
        "“## Uninstallation” stands after “## Setup”.",
        "“## Setup” 뒤에 “## Uninstallation”이 있습니다.",
    ),
    ("uninstallation_section", "no_readme"): _NO_README,
    ("uninstallation_section", "no_setup"): (
        "README.md has no section “## Setup”. Add it, and “## Uninstallation” after it.",
        "README.md에 “## Setup” 절이 없습니다. 추가하고 그 뒤에 “## Uninstallation”을 넣으십시오.",
    ),
    ("uninstallation_section", "missing"): (
        "README.md has no section “## Uninstallation”. Add it after “## Setup”.",
        "README.md에 “## Uninstallation” 절이 없습니다. “## Setup” 뒤에 추가하십시오.",
    ),
    ("uninstallation_section", "before_setup"): (
        "“Uninstallation” stands before “## Setup”. Move it behind.",
        "“Uninstallation”이 “## Setup”보다 앞에 있습니다. 뒤로 옮기십시오.",
    ),
    ("uninstallation_section", "elsewhere"): (
        "“{level} Uninstallation” stands below “{above}”. Write it as “## Uninstallation” after “## Setup”, "
        "or within Setup.",
        "“{level} Uninstallation”이 “{above}” 아래에 있습니다. “## Setup” 뒤에 “## Uninstallation”으로 쓰거나 "
        "Setup 안에 두십시오.",
    ),
    ("revokes_authorizations", "passed"): (
        "The section says that earlier authorizations are revoked.",
        "이전 승인이 철회된다고 적혀 있습니다.",
    ),
    ("revokes_authorizations", "no_section"): _NO_SECTION,
    ("revokes_authorizations", "missing"): (
        "Add to “## Uninstallation”: “Once this integration is uninstalled, any previous authorizations are revoked.”",
        "“## Uninstallation”에 이 통합이 제거되면 이전 승인이 철회된다는 문장을 넣으십시오.",
    ),
    ("disables_api_keys", "passed"): (
        "The section says that the integration’s API keys are to be disabled.",
        "통합의 API 키를 비활성화하라고 적혀 있습니다.",
    ),
    ("disables_api_keys", "no_section"): _NO_SECTION,
    ("disables_api_keys", "missing"): (
        "Add to “## Uninstallation”: “Ensure that all API keys associated with this integration are disabled by "
        "searching for the integration’s name on the API Keys page.”",
        "“## Uninstallation”에 API 키 페이지에서 통합 이름을 검색하여 관련 API 키를 모두 "
        "비활성화하라는 문장을 넣으십시오.",
    ),
    ("manifest", "passed"): ("manifest.json is a JSON object.", "manifest.json은 JSON 객체입니다."),
    ("manifest", "missing"): (
        "There is no manifest.json in the folder. Add it.",
        "폴더에 manifest.json이 없습니다. 추가하십시오.",
    ),
    ("manifest", "unreadable"): (
        "manifest.json is no JSON object. Check it with a JSON formatter.",
        "manifest.json이 JSON 객체가 아닙니다. JSON 서식 도구로 확인하십시오.",
    ),
    ("uninstallation_reference", "passed"): (
        "“uninstallation” stands directly beneath “support”.",
        "“support” 바로 아래에 “uninstallation”이 있습니다.",
    ),
    ("uninstallation_reference", "missing"): (
        "Add directly beneath “support”: \"uninstallation\": \"README.md#Uninstallation\",",
        "“support” 바로 아래에 \"uninstallation\": \"README.md#Uninstallation\", 을 추가하십시오.",
    ),
    ("uninstallation_reference", "no_support"): _NO_SUPPORT,
    ("uninstallation_reference", "leads_nowhere"): (
        "“uninstallation” is “{received}”, and no such section is there. Write “README.md#Uninstallation”.",
        "“uninstallation”의 값 “{received}”에 해당하는 절이 없습니다. “README.md#Uninstallation”으로 쓰십시오.",
    ),
    ("uninstallation_reference", "elsewhere"): (
        "“uninstallation” is there. Move it directly beneath “support”, where readers look for it.",
        "“uninstallation”은 있습니다. 읽는 사람이 찾는 위치인 “support” 바로 아래로 옮기십시오.",
    ),
    ("oauth_reference", "passed"): (
        "“assets” names assets/oauth_clients.json.",
        "“assets”에 assets/oauth_clients.json이 있습니다.",
    ),
    ("oauth_reference", "missing"): (
        "Add to “assets” in manifest.json: \"oauth\": \"assets/oauth_clients.json\"",
        "manifest.json의 “assets”에 \"oauth\": \"assets/oauth_clients.json\" 을 추가하십시오.",
    ),
    ("oauth_reference", "other"): (
        "“oauth” in “assets” is “{received}”. Write “assets/oauth_clients.json”.",
        "“assets”의 “oauth” 값이 “{received}”입니다. “assets/oauth_clients.json”으로 쓰십시오.",
    ),
    ("oauth_clients", "passed"): (
        "The file names one OAuth client, “integration”.",
        "파일에 OAuth 클라이언트 “integration”이 하나 있습니다.",
    ),
    ("oauth_clients", "missing"): (
        "There is no assets/oauth_clients.json. Copy it from the app’s tab Publishing.",
        "assets/oauth_clients.json이 없습니다. 앱의 게시 탭에서 복사하십시오.",
    ),
    ("oauth_clients", "unreadable"): (
        "The file can’t be read: {reason}. Copy it anew from the app’s tab Publishing.",
        "파일을 읽을 수 없습니다: {reason}. 앱의 게시 탭에서 다시 복사하십시오.",
    ),
    ("oauth_clients", "roles"): (
        "The file must have one member, “integration”, and has: {received}.",
        "파일에는 “integration” 하나만 있어야 하는데 다음이 있습니다: {received}.",
    ),
    ("oauth_clients_equal", "passed"): (
        "The file and the registered client agree.",
        "파일과 등록된 클라이언트가 일치합니다.",
    ),
    ("oauth_clients_equal", "no_file"): (
        "There is no such file to compare. Copy it from the app’s tab Publishing.",
        "비교할 파일이 없습니다. 앱의 게시 탭에서 복사하십시오.",
    ),
    ("oauth_clients_equal", "nothing_to_compare"): (
        "The file was compared with nothing. Name the registered client with --client or --site-url.",
        "파일을 비교할 대상이 없습니다. --client나 --site-url로 등록된 클라이언트를 지정하십시오.",
    ),
    ("oauth_clients_equal", "differs"): (
        "The file differs from the registered client; + is in the file alone, - is registered alone. Copy the file "
        "anew, or change what is proposed.\n{difference}",
        "파일이 등록된 클라이언트와 다릅니다. +는 파일에만, -는 등록 내용에만 있습니다. "
        "파일을 다시 복사하거나 제안 내용을 바꾸십시오.\n{difference}",
    ),
    ("stable", "passed"): ("The app is marked stable.", "앱이 안정으로 표시되어 있습니다."),
    ("stable", "in_development"): (
        "The app is still in development. Press Mark Stable on its Basic Information when it is ready.",
        "앱이 아직 개발 중입니다. 준비되면 기본 정보에서 안정으로 표시하십시오.",
    ),
    ("redirect_uris", "passed"): (
        "All of them can be published.",
        "모두 게시할 수 있는 주소입니다.",
    ),
    ("redirect_uris", "none"): (
        "There is no redirect URI. Enter the one of your production service.",
        "리디렉션 URI가 없습니다. 운영 서비스의 URI를 입력하십시오.",
    ),
    ("redirect_uris", "not_public"): (
        "These can’t be published: {uris}. Use https addresses of your production service.",
        "다음 URI는 게시할 수 없습니다: {uris}. 운영 서비스의 https 주소를 사용하십시오.",
    ),
    ("onboarding_url", "passed"): (
        "Connect Accounts leads to an address that can be published.",
        "계정 연결이 게시할 수 있는 주소로 이어집니다.",
    ),
    ("onboarding_url", "none"): (
        "There is no onboarding URL, so the tile’s Connect Accounts would lead nowhere. Enter it.",
        "온보딩 URL이 없어 타일의 계정 연결이 갈 곳이 없습니다. 입력하십시오.",
    ),
    ("onboarding_url", "not_public"): (
        "“{url}” can’t be published. Use the https address of your production service.",
        "“{url}”은 게시할 수 없습니다. 운영 서비스의 https 주소를 사용하십시오.",
    ),
    ("scopes_exercised", "passed"): (
        "Each was used by a call in the sandbox.",
        "모든 권한 범위가 샌드박스의 호출에 사용되었습니다.",
    ),
    ("scopes_exercised", "unused"): (
        "No call in the sandbox has used: {scopes}. Show that each works, or request it no more.",
        "샌드박스의 호출에 사용되지 않은 권한 범위가 있습니다: {scopes}. 각각 동작을 보이거나 요청에서 빼십시오.",
    ),
    ("scopes_exercised", "too_broad"): (
        "What was called works with less than: {scopes}. See Scope Coverage for what would do.",
        "호출한 작업에 비해 넓은 권한 범위가 있습니다: {scopes}. 권한 범위 사용 현황에서 대안을 확인하십시오.",
    ),
}  # fmt: skip


def title(name: str, language: Language) -> str:
    """What is checked; a name that an older version wrote stands for itself."""
    return TITLES.get(name, (name, name))[language == "ko"]


def sentence(check: Check, language: Language) -> str:
    """How it came out, and what to do."""
    template = SENTENCES.get((check.name, check.case), (check.case, check.case))[language == "ko"]
    return template.format_map(_Facts(check.facts))


class _Facts(dict[str, str]):
    """Facts by their name; one that is missing is left open instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"
