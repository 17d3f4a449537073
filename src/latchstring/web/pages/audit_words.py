"""What each action of the audit log is called by people; its exact name stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from latchstring.web.translations import Text

#: By action. What is not here is shown by its exact name alone.
ACTIONS: Final[Mapping[str, Text]] = {
    "access_token.revoked": Text("An access token was revoked"),
    "api_key.created": Text("An API key was created"),
    "api_key.revoked": Text("An API key was revoked"),
    "app.created": Text("An app was created"),
    "app.deleted": Text("An app was deleted"),
    "app.logo_changed": Text("The logo of an app was changed"),
    "app.logo_removed": Text("The logo of an app was removed"),
    "app.marked_in_development": Text("An app was taken back to development"),
    "app.marked_stable": Text("An app was marked stable"),
    "app.updated": Text("An app was changed"),
    "authorization.consented": Text("Somebody allowed an app access"),
    "authorization.redeemed": Text("An app exchanged its code for tokens"),
    "authorization.revoked": Text("An authorization was revoked"),
    "client.created": Text("An OAuth client was created"),
    "client.deleted": Text("An OAuth client was deleted"),
    "client.published": Text("A revision of an OAuth client was published"),
    "client.rolled_back": Text("An OAuth client was rolled back to the revision before"),
    "client.secret_regenerated": Text("A client secret was regenerated"),
    "client.updated": Text("An OAuth client was changed"),
    "credential.created": Text("A platform credential was created"),
    "credential.revoked": Text("A platform credential was revoked"),
    "integration.installed": Text("An integration was installed"),
    "integration.published": Text("An integration was published"),
    "integration.uninstalled": Text("An integration was uninstalled"),
    "integration.withdrawn": Text("An integration was withdrawn"),
    "member.added": Text("Somebody became a member"),
    "member.removed": Text("Somebody is no member any more"),
    "member.roles_set": Text("The roles of a member were set"),
    "organization.created": Text("The organization was created"),
    "organization.disabled": Text("The organization was disabled"),
    "organization.enabled": Text("The organization was enabled"),
    "organization.renamed": Text("The organization was renamed"),
    "partner.approval_withdrawn": Text("The host withdrew its approval of the partner"),
    "partner.approved": Text("The host approved the partner"),
    "partner.named": Text("The partner was named"),
    "partner_request.asked": Text("The partner asked the host for something"),
    "policy.changed": Text("The policies for apps were changed"),
    "private_scope.approved": Text("The host approved a private scope"),
    "private_scope.withdrawn": Text("The host withdrew a private scope"),
    "refresh_token.presented_late": Text("A refresh token was presented again, late"),
    "rehearsal.ended": Text("A rehearsal was ended"),
    "rehearsal.started": Text("A rehearsal was started"),
    "request.answered": Text("The host answered a request"),
    "resource_server.created": Text("A resource server was created"),
    "resource_server.disabled": Text("A resource server was disabled"),
    "resource_server.enabled": Text("A resource server was enabled"),
    "resource_server.secret_regenerated": Text("The secret of a resource server was regenerated"),
    "site.restored": Text("The site was restored from a backup"),
    "reviewer.appointed": Text("A reviewer was appointed"),
    "reviewer.dismissed": Text("A reviewer was dismissed"),
    "role.created": Text("A role was created"),
    "role.deleted": Text("A role was deleted"),
    "role.updated": Text("A role was changed"),
    "run.started": Text("A recorded run was started"),
    "submission.approved": Text("A party approved a submission"),
    "submission.begun": Text("A submission was begun"),
    "submission.changes_requested": Text("A party asked for changes to a submission"),
    "submission.commented": Text("Somebody commented on a submission"),
    "submission.decided": Text("A submission was decided"),
    "submission.sent": Text("A submission was sent for review"),
    "submission.withdrawn": Text("A submission was withdrawn"),
    "user.created": Text("A user was created"),
    "user.disabled": Text("A user was disabled"),
    "user.enabled": Text("A user was enabled"),
    "user.password_changed": Text("A password was changed"),
    "user.profile_changed": Text("A profile was changed"),
    "user.sign_in_failed": Text("A sign-in failed"),
    "user.signed_in": Text("Somebody signed in"),
    "webhook.created": Text("A webhook was created"),
    "webhook.paused": Text("A webhook was paused because its endpoint kept failing"),
    "webhook.removed": Text("A webhook was removed"),
    "webhook.resumed": Text("A webhook was resumed"),
    "webhook.secret_rotated": Text("A signing secret was regenerated"),
    "webhook.updated": Text("A webhook was changed"),
}
#: What `latchstring audit verify` found, by the kind of fault.
FAULTS: Final[Mapping[str, Text]] = {
    "changed": Text("An entry is not as it was when it was sealed."),
    "removed": Text("An entry that was sealed is gone."),
    "inserted": Text("An entry was slipped in beside the chain."),
    "link_removed": Text("A link of the chain is gone."),
    "other_head": Text("The chain is not the one whose head was kept."),
}


def sentence(action: str) -> Text | None:
    """What an action is called by people; None when only its exact name is known."""
    return ACTIONS.get(action)
