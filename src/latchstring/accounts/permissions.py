"""What a member of an organization may do: every scope of the contract, and the platform's own permissions.

A scope and the permission of the same name belong together: a token may use the scope while its user holds
the permission. The platform's own permissions stand for pages and administration; no token can carry them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from latchstring.contract.model import Contract


@dataclass(frozen=True, slots=True)
class Permission:
    """A platform permission and its title in both languages."""

    name: str
    title_en: str
    title_ko: str


PLATFORM_PERMISSIONS: Final[Mapping[str, Permission]] = {
    permission.name: permission
    for permission in (
        Permission("organization_manage", "Change the organization", "조직 정보 변경"),
        Permission("members_manage", "Manage members and roles", "구성원 및 역할 관리"),
        Permission("oauth_apps_read", "See OAuth apps", "OAuth 앱 보기"),
        Permission("oauth_apps_revoke", "Revoke authorizations of OAuth apps", "OAuth 앱 권한 해지"),
        Permission("api_keys_read", "See API keys", "API 키 보기"),
        Permission("api_keys_revoke", "Revoke API keys", "API 키 폐기"),
        Permission("integrations_manage", "Install and uninstall integrations", "통합 설치 및 제거"),
        Permission("apps_manage", "Build apps and their OAuth clients", "앱 및 OAuth 클라이언트 개발"),
        Permission("audit_read", "Read the audit log", "감사 로그 보기"),
    )
}


def every_permission(contract: Contract) -> frozenset[str]:
    """All names that a role may hold."""
    return frozenset(contract.scopes) | frozenset(PLATFORM_PERMISSIONS)


def unknown(contract: Contract, names: Iterable[str]) -> list[str]:
    """The names that are no permission, in order."""
    return sorted(set(names) - every_permission(contract))
