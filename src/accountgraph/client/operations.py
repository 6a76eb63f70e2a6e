"""Every operation of the API, as a call. Made by tools/client.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from accountgraph.client.asking import Page
from accountgraph.client.connection import Connection
from accountgraph.client.shapes import (
    Acceptance,
    AcceptanceGiven,
    Accepted,
    AccessEntry,
    AccountExclusion,
    AccountFunnel,
    AccountHealth,
    AccountOverview,
    AccountRow,
    AccountView,
    AccountViewChanges,
    Added,
    Agent,
    AgentChanges,
    AgentChannel,
    AgentMessage,
    AgentsAdded,
    Answered,
    Applied,
    Apply,
    Approval,
    ApprovalEdit,
    Asked,
    Asker,
    Assignment,
    Attempt,
    BulkAnswer,
    BulkChange,
    CalendarFeatures,
    Campaign,
    CampaignCheck,
    CampaignPlan,
    CampaignRun,
    CampaignSource,
    CampaignStanding,
    CampaignStart,
    CampaignWritten,
    ChannelChanges,
    ChosenTopics,
    Claim,
    ClaimWanted,
    Closed,
    CompanyChanges,
    ComparedStep,
    Conflict,
    Consent,
    ContactChanges,
    ContactTopic,
    ConversationChanges,
    ConversationContext,
    ConversationHealth,
    CountsShown,
    CreatedChannel,
    CreatedEndpoint,
    CurrentSession,
    Days,
    DecisionMade,
    DeliverabilityLine,
    Delivery,
    DeliveryDetail,
    Distribution,
    Domains,
    Draft,
    DraftingSettings,
    DraftTrial,
    DraftWanted,
    Duplicates,
    Endpoint,
    EndpointChanges,
    EngagementEngagement,
    EnrolledPerson,
    Enrolment,
    EnrolmentOfAccounts,
    EnrolmentPause,
    ErasureReport,
    Example,
    ExpansionTarget,
    Features,
    Forgotten,
    Found,
    FoundOut,
    FreeDay,
    FreeDayGiven,
    FunnelAccount,
    Group,
    Hold,
    HoldLift,
    HoldOfAccounts,
    Hours,
    ImportPreview,
    ImportRun,
    Intent,
    Invitation,
    InvitationShown,
    Invited,
    Jurisdiction,
    KeyMade,
    KeysKey,
    KindTold,
    KnownSession,
    Lead,
    LegalIdentity,
    LegalIdentityChanges,
    LegalRuleGiven,
    Lifted,
    LinkBegun,
    LogChange,
    LoggedIn,
    Login,
    LoginBegun,
    MailboxChecks,
    MailboxHealth,
    MailboxLogin,
    MailboxSync,
    Member,
    Merge,
    MergePreview,
    MergeWanted,
    ModelChanges,
    MovedPeople,
    Movers,
    Need,
    NewAccountView,
    NewAgent,
    NewChannel,
    NewCompany,
    NewCompanyRows,
    NewConsent,
    NewContact,
    NewContactRows,
    NewConversation,
    NewConversationRows,
    NewDomain,
    NewEndpoint,
    NewEvents,
    NewExclusion,
    NewHold,
    NewInvitee,
    NewKeyWanted,
    NewLeads,
    NewLegalIdentity,
    NewMailbox,
    NewPassword,
    NewPeople,
    NewRelationship,
    NewRelationshipRows,
    NewRole,
    NewSecret,
    NewSender,
    NewSignal,
    NewSuppression,
    NewTask,
    NewTouchpoint,
    NewTouchpointRows,
    NextTask,
    NoticeChannel,
    NoticeTrial,
    Opened,
    OutreachTemplate,
    Overlap,
    PeriodGiven,
    PersonExport,
    PersonRow,
    Preview,
    PreviewApproval,
    PreviewWanted,
    ProcessedLead,
    Prompt,
    Recorded,
    RecordRecorded,
    Rejection,
    RelationshipChanges,
    ReleaseOfAccounts,
    Replayed,
    Reply,
    ReplyTimes,
    ResetBy,
    Resumed,
    Resumption,
    Retained,
    RetentionRule,
    Revocation,
    Rotation,
    Ruling,
    SecretName,
    SecretValue,
    Sender,
    SenderChanges,
    Series,
    SetHold,
    SettingsChanges,
    Sheet,
    Shown,
    ShownAudience,
    ShownCampaign,
    ShownIntent,
    ShownPreview,
    ShownPrompt,
    ShownReplay,
    SignalMade,
    Simulated,
    SimulationWanted,
    Started,
    StatusOfAccounts,
    StoredSecret,
    Suppression,
    TakenLead,
    Task,
    TaskNote,
    TaskOutcome,
    TaskSnooze,
    TemplateGiven,
    TemplatePreviewWanted,
    TemplateVersion,
    TestMessage,
    TierOfAccounts,
    Topic,
    TopicName,
    TouchpointChanges,
    TransportNames,
    TrialGiven,
    TrialTrial,
    Undo,
    UndoReport,
    Unmerged,
    VersionLine,
    WarmPath,
    WhomGiven,
    Why,
    WorkspaceSettings,
    WorkWanted,
)
from accountgraph.models import (
    Colleague,
    Company,
    Contact,
    Conversation,
    EngagementMetrics,
    Event,
    Relationship,
    Touchpoint,
)

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime
    from uuid import UUID

    import httpx

    from accountgraph.enums import (
        AccountStatus,
        AccountTier,
        Channel,
        ConsentBasis,
        ContactStatus,
        ConversationStatus,
        Direction,
        EventKind,
        Outcome,
        RelationshipType,
        Strength,
        SuppressionReason,
    )


class Client(Connection):
    """Every operation of the API."""

    async def create_company(self, body: NewCompany, *, idempotency_key: str | None = None) -> Company:
        """Add a company.

        Needs `graph:write`.
        """
        return await self.ask(Company, "POST", "/companies", body=body, idempotency_key=idempotency_key)

    async def create_companies(self, body: NewCompanyRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many companies.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/companies/bulk", body=body, idempotency_key=idempotency_key)

    async def list_companies(
        self,
        *,
        tier: AccountTier | None = None,
        status: AccountStatus | None = None,
        domain: str | None = None,
        parent_company_id: UUID | None = None,
        sort: Literal["name", "created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Company]:
        """Companies by name.

        `domain`: any domain of a company's.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Company],
            "GET",
            "/companies",
            query={
                "tier": tier,
                "status": status,
                "domain": domain,
                "parent_company_id": parent_company_id,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def get_company(self, company_id: UUID) -> Company:
        """One company.

        Needs `graph:read`.
        """
        return await self.ask(Company, "GET", "/companies/{}", company_id)

    async def update_company(
        self, company_id: UUID, body: CompanyChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Company:
        """Change fields of a company; of an object (attributes, research) the keys that are named, and null takes one away.

        Needs `graph:write`.
        """
        return await self.ask(Company, "PATCH", "/companies/{}", company_id, body=body, if_match=if_match, idempotency_key=idempotency_key)

    async def get_company_domains(self, company_id: UUID) -> Domains:
        """All domains of a company.

        Needs `graph:read`.
        """
        return await self.ask(Domains, "GET", "/companies/{}/domains", company_id)

    async def add_company_domain(self, company_id: UUID, body: NewDomain, *, idempotency_key: str | None = None) -> Domains:
        """Add a domain to a company; it has it already: nothing changes.

        Needs `graph:write`.
        """
        return await self.ask(Domains, "POST", "/companies/{}/domains", company_id, body=body, idempotency_key=idempotency_key)

    async def list_accounts(
        self,
        *,
        q: str | None = None,
        tier: list[AccountTier] | None = None,
        status: list[AccountStatus] | None = None,
        industry: list[str] | None = None,
        country: list[str] | None = None,
        owner: UUID | None = None,
        has_open_work: bool | None = None,
        sort: Literal["name", "-name", "created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[AccountRow]:
        """Accounts as a table: health, people and who of them decides, what somebody did last, and what is next.

        `q`: anywhere in name or main domain. Of a filter with several values any holds. With tier, status, industry, country or owner alone
        it is sorted by name. What is next is null for whoever may not see tasks and campaigns.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[AccountRow],
            "GET",
            "/accounts",
            query={
                "q": q,
                "tier": tier,
                "status": status,
                "industry": industry,
                "country": country,
                "owner": owner,
                "has_open_work": has_open_work,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def set_tier_of_accounts(self, body: TierOfAccounts, *, idempotency_key: str | None = None) -> BulkChange:
        """Say how much accounts matter.

        Needs `graph:write`.
        """
        return await self.ask(BulkChange, "POST", "/accounts/tier", body=body, idempotency_key=idempotency_key)

    async def set_status_of_accounts(self, body: StatusOfAccounts, *, idempotency_key: str | None = None) -> BulkChange:
        """Say where accounts stand.

        Needs `graph:write`.
        """
        return await self.ask(BulkChange, "POST", "/accounts/status", body=body, idempotency_key=idempotency_key)

    async def hold_accounts(self, body: HoldOfAccounts, *, idempotency_key: str | None = None) -> BulkChange:
        """Keep campaigns away from accounts.

        Needs `campaigns:run`.
        """
        return await self.ask(BulkChange, "POST", "/accounts/hold", body=body, idempotency_key=idempotency_key)

    async def release_accounts(self, body: ReleaseOfAccounts, *, idempotency_key: str | None = None) -> BulkChange:
        """Lift the holds of accounts; whom they had paused goes on, unless another hold is in the way.

        Needs `campaigns:run`.
        """
        return await self.ask(BulkChange, "POST", "/accounts/release", body=body, idempotency_key=idempotency_key)

    async def enrol_accounts(self, body: EnrolmentOfAccounts, *, idempotency_key: str | None = None) -> BulkChange:
        """Enrol the people of accounts in an active campaign, as if its audience named these accounts.

        Whom an audience leaves out is left out, with the reason.

        Needs `campaigns:run`.
        """
        return await self.ask(BulkChange, "POST", "/accounts/enrol", body=body, idempotency_key=idempotency_key)

    async def list_account_views(self) -> Page[AccountView]:
        """Your own saved views of the table of accounts, and those that are shared, in their order.

        Needs `settings:read`.
        """
        return await self.ask(Page[AccountView], "GET", "/account-views")

    async def create_account_view(self, body: NewAccountView, *, idempotency_key: str | None = None) -> AccountView:
        """Save a view of the table of accounts: which, in which order and columns.

        Needs `views:write`.
        """
        return await self.ask(AccountView, "POST", "/account-views", body=body, idempotency_key=idempotency_key)

    async def get_account_view(self, view_id: UUID) -> AccountView:
        """One view, your own or a shared one.

        Needs `settings:read`.
        """
        return await self.ask(AccountView, "GET", "/account-views/{}", view_id)

    async def update_account_view(
        self, view_id: UUID, body: AccountViewChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> AccountView:
        """Change a view of your own: its name, what it shows, whether it is shared, its place.

        Whoever may change settings may change what others share.

        Needs `views:write`.
        """
        return await self.ask(
            AccountView, "PATCH", "/account-views/{}", view_id, body=body, if_match=if_match, idempotency_key=idempotency_key
        )

    async def delete_account_view(self, view_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Delete a view of your own; whoever may change settings, also what others share.

        Needs `views:write`.
        """
        await self.do("DELETE", "/account-views/{}", view_id, idempotency_key=idempotency_key)

    async def create_contact(self, body: NewContact, *, idempotency_key: str | None = None) -> Contact:
        """Add a contact.

        Needs `graph:write`.
        """
        return await self.ask(Contact, "POST", "/contacts", body=body, idempotency_key=idempotency_key)

    async def create_contacts(self, body: NewContactRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many contacts.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/contacts/bulk", body=body, idempotency_key=idempotency_key)

    async def list_contacts(
        self,
        *,
        company_id: UUID | None = None,
        email: str | None = None,
        status: ContactStatus | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Contact]:
        """Contacts, as they were added.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Contact],
            "GET",
            "/contacts",
            query={"company_id": company_id, "email": email, "status": status, "limit": limit, "after": after},
        )

    async def get_contact(self, contact_id: UUID) -> Contact:
        """One contact.

        Needs `graph:read`.
        """
        return await self.ask(Contact, "GET", "/contacts/{}", contact_id)

    async def update_contact(
        self, contact_id: UUID, body: ContactChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Contact:
        """Change fields of a contact; of an object (preferences, attributes) the keys that are named, and null takes one away.

        Needs `graph:write`.
        """
        return await self.ask(Contact, "PATCH", "/contacts/{}", contact_id, body=body, if_match=if_match, idempotency_key=idempotency_key)

    async def get_contact_relationships(self, contact_id: UUID) -> Page[Relationship]:
        """The edges of a contact, either way round, strongest first.

        Needs `graph:read`.
        """
        return await self.ask(Page[Relationship], "GET", "/contacts/{}/relationships", contact_id)

    async def get_colleagues(self, contact_id: UUID) -> Page[Colleague]:
        """The colleagues of a contact, strongest first.

        Needs `graph:read`.
        """
        return await self.ask(Page[Colleague], "GET", "/contacts/{}/colleagues", contact_id)

    async def list_people(
        self,
        *,
        q: str | None = None,
        company_id: UUID | None = None,
        status: ContactStatus | None = None,
        is_decision_maker: bool | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[PersonRow]:
        """All people, the newest first: their account, their part in it, how engaged they are, and whether one may write to them.

        `q`: anywhere in name or address. `is_decision_maker` goes with another filter.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[PersonRow],
            "GET",
            "/people",
            query={
                "q": q,
                "company_id": company_id,
                "status": status,
                "is_decision_maker": is_decision_maker,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def create_relationship(self, body: NewRelationship, *, idempotency_key: str | None = None) -> Relationship:
        """Relate two contacts.

        The same edge, also said the other way round, gives back the one there is.

        Needs `graph:write`.
        """
        return await self.ask(Relationship, "POST", "/relationships", body=body, idempotency_key=idempotency_key)

    async def create_relationships(self, body: NewRelationshipRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many relationships.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/relationships/bulk", body=body, idempotency_key=idempotency_key)

    async def list_relationships(
        self, *, contact_id: UUID | None = None, type: RelationshipType | None = None, limit: int | None = None, after: str | None = None
    ) -> Page[Relationship]:
        """Relationships, as they were added.

        `type` goes with `contact_id`.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Relationship], "GET", "/relationships", query={"contact_id": contact_id, "type": type, "limit": limit, "after": after}
        )

    async def get_relationship(self, relationship_id: UUID) -> Relationship:
        """One edge.

        Needs `graph:read`.
        """
        return await self.ask(Relationship, "GET", "/relationships/{}", relationship_id)

    async def update_relationship(
        self, relationship_id: UUID, body: RelationshipChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Relationship:
        """Change fields of an edge; its two ends stay.

        Needs `graph:write`.
        """
        return await self.ask(
            Relationship, "PATCH", "/relationships/{}", relationship_id, body=body, if_match=if_match, idempotency_key=idempotency_key
        )

    async def delete_relationship(self, relationship_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Remove an edge.

        Agents take nothing out of the graph.

        Needs `graph:merge`.
        """
        await self.do("DELETE", "/relationships/{}", relationship_id, idempotency_key=idempotency_key)

    async def create_conversation(self, body: NewConversation, *, idempotency_key: str | None = None) -> Conversation:
        """Open a conversation with a contact.

        Needs `graph:write`.
        """
        return await self.ask(Conversation, "POST", "/conversations", body=body, idempotency_key=idempotency_key)

    async def create_conversations(self, body: NewConversationRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many conversations.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/conversations/bulk", body=body, idempotency_key=idempotency_key)

    async def list_conversations(
        self,
        *,
        contact_id: UUID | None = None,
        company_id: UUID | None = None,
        status: ConversationStatus | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Conversation]:
        """Conversations, as they were begun.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Conversation],
            "GET",
            "/conversations",
            query={"contact_id": contact_id, "company_id": company_id, "status": status, "limit": limit, "after": after},
        )

    async def get_conversation(self, conversation_id: UUID) -> Conversation:
        """One conversation.

        Needs `graph:read`.
        """
        return await self.ask(Conversation, "GET", "/conversations/{}", conversation_id)

    async def update_conversation(
        self, conversation_id: UUID, body: ConversationChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Conversation:
        """Change fields of a conversation.

        Needs `graph:write`.
        """
        return await self.ask(
            Conversation, "PATCH", "/conversations/{}", conversation_id, body=body, if_match=if_match, idempotency_key=idempotency_key
        )

    async def learn_in_conversation(
        self, conversation_id: UUID, body: dict[str, Any], *, idempotency_key: str | None = None
    ) -> Conversation:
        """Merge what was learned into the context of a conversation.

        Lists are joined without repeats, objects merged, the rest replaced.

        Needs `graph:write`.
        """
        return await self.ask(
            Conversation, "POST", "/conversations/{}/context", conversation_id, body=body, idempotency_key=idempotency_key
        )

    async def get_conversation_history(self, conversation_id: UUID) -> Page[Touchpoint]:
        """The touchpoints of a conversation, in the order they happened.

        Needs `graph:read`.
        """
        return await self.ask(Page[Touchpoint], "GET", "/conversations/{}/history", conversation_id)

    async def get_conversation_metrics(self, conversation_id: UUID) -> EngagementMetrics:
        """Totals and rates (percent) of a conversation's outbound e-mail: raw, and what people did.

        Needs `graph:read`.
        """
        return await self.ask(EngagementMetrics, "GET", "/conversations/{}/metrics", conversation_id)

    async def create_touchpoint(self, body: NewTouchpoint, *, idempotency_key: str | None = None) -> Touchpoint:
        """Add a touchpoint.

        Times that it brings become its events.

        Needs `graph:write`.
        """
        return await self.ask(Touchpoint, "POST", "/touchpoints", body=body, idempotency_key=idempotency_key)

    async def create_touchpoints(self, body: NewTouchpointRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many touchpoints.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/touchpoints/bulk", body=body, idempotency_key=idempotency_key)

    async def list_touchpoints(
        self,
        *,
        conversation_id: UUID | None = None,
        contact_id: UUID | None = None,
        company_id: UUID | None = None,
        channel: Channel | None = None,
        direction: Direction | None = None,
        outcome: Outcome | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Touchpoint]:
        """Touchpoints, as they were added.

        `channel`, `direction` and `outcome` go with a conversation, a contact or a company.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Touchpoint],
            "GET",
            "/touchpoints",
            query={
                "conversation_id": conversation_id,
                "contact_id": contact_id,
                "company_id": company_id,
                "channel": channel,
                "direction": direction,
                "outcome": outcome,
                "limit": limit,
                "after": after,
            },
        )

    async def get_touchpoint(self, touchpoint_id: UUID) -> Touchpoint:
        """One touchpoint.

        Needs `graph:read`.
        """
        return await self.ask(Touchpoint, "GET", "/touchpoints/{}", touchpoint_id)

    async def update_touchpoint(
        self, touchpoint_id: UUID, body: TouchpointChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Touchpoint:
        """Change fields of a touchpoint; a time among them is recorded as an event.

        Needs `graph:write`.
        """
        return await self.ask(
            Touchpoint, "PATCH", "/touchpoints/{}", touchpoint_id, body=body, if_match=if_match, idempotency_key=idempotency_key
        )

    async def get_touchpoint_events(self, touchpoint_id: UUID) -> Page[Event]:
        """What happened to a touchpoint, in the order it happened.

        Needs `graph:read`.
        """
        return await self.ask(Page[Event], "GET", "/touchpoints/{}/events", touchpoint_id)

    async def list_events(
        self,
        *,
        touchpoint_id: UUID | None = None,
        contact_id: UUID | None = None,
        kind: EventKind | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Event]:
        """What happened, as it was recorded.

        `kind` goes with a touchpoint or a contact.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Event],
            "GET",
            "/events",
            query={"touchpoint_id": touchpoint_id, "contact_id": contact_id, "kind": kind, "limit": limit, "after": after},
        )

    async def record_events(self, body: NewEvents, *, idempotency_key: str | None = None) -> Recorded:
        """Record what happened to touchpoints.

        The same event (by provider, account and event id, else by message, kind, time and URL) changes nothing the second
        time. Who acted is found out from the times and the tools, unless `actor` says so.

        Needs `graph:write`.
        """
        return await self.ask(Recorded, "POST", "/events", body=body, idempotency_key=idempotency_key)

    async def list_campaigns(
        self,
        *,
        status: Literal["draft", "active", "paused", "finished", "cancelled"] | None = None,
        is_live: bool | None = None,
        sort: Literal["name", "-name"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Campaign]:
        """Campaigns by name, each with its newest version. `is_live`: only with a status.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Campaign], "GET", "/campaigns", query={"status": status, "is_live": is_live, "sort": sort, "limit": limit, "after": after}
        )

    async def list_campaign_examples(self) -> Page[Example]:
        """Campaigns to begin from, as commented files.

        Needs `campaigns:read`.
        """
        return await self.ask(Page[Example], "GET", "/campaign-examples")

    async def check_campaign(self, body: CampaignSource, *, idempotency_key: str | None = None) -> CampaignCheck:
        """Say everything that is wrong with a campaign's text, and what the workspace lacks for it.

        Nothing is kept.

        Needs `campaigns:read`.
        """
        return await self.ask(CampaignCheck, "POST", "/campaigns/check", body=body, idempotency_key=idempotency_key)

    async def plan_campaign(self, body: CampaignSource, *, idempotency_key: str | None = None) -> CampaignPlan:
        """Show what applying a campaign would change, key by key, and keep nothing: the dry run.

        Needs `campaigns:read`.
        """
        return await self.ask(CampaignPlan, "POST", "/campaigns/plan", body=body, idempotency_key=idempotency_key)

    async def apply_campaign(self, body: CampaignSource, *, idempotency_key: str | None = None) -> Applied:
        """Keep a campaign as the newest version of its name; it is made where there is none.

        The same text again changes nothing. Who has begun stays with the version they began with.

        Needs `campaigns:write`.
        """
        return await self.ask(Applied, "POST", "/campaigns", body=body, idempotency_key=idempotency_key)

    async def change_campaign(self, campaign: str, body: CampaignSource, *, idempotency_key: str | None = None) -> Applied:
        """Keep a newer version of a campaign that there is; its name stays.

        Needs `campaigns:write`.
        """
        return await self.ask(Applied, "PUT", "/campaigns/{}", campaign, body=body, idempotency_key=idempotency_key)

    async def list_campaign_versions(self, campaign: str) -> Page[VersionLine]:
        """The versions of a campaign, the newest first.

        Needs `campaigns:read`.
        """
        return await self.ask(Page[VersionLine], "GET", "/campaigns/{}/versions", campaign)

    async def get_campaign_version(self, campaign: str, number: int) -> CampaignWritten:
        """A version of a campaign as it was written.

        Needs `campaigns:read`.
        """
        return await self.ask(CampaignWritten, "GET", "/campaigns/{}/versions/{}", campaign, number)

    async def get_campaign(self, campaign: str) -> ShownCampaign:
        """What a campaign is and does, in plain language.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownCampaign, "GET", "/campaigns/{}", campaign)

    async def get_campaign_audience(self, campaign: str, *, limit: int | None = None) -> ShownAudience:
        """Whom a campaign would take now, and whom it leaves out and why.

        Reasons: customer, competitor, open_opportunity, owner, live_thread, do_not_contact, inactive, no_address, suppressed,
        jurisdiction, no_consent, topic, already_enrolled, active_elsewhere, most_per_account.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownAudience, "GET", "/campaigns/{}/audience", campaign, query={"limit": limit})

    async def preview_campaign(self, campaign: str, *, contact_id: UUID) -> ShownPreview:
        """Every step and variant of a campaign as a contact would get it; nothing is sent.

        Nobody has to be in the campaign.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownPreview, "GET", "/campaigns/{}/preview", campaign, query={"contact_id": contact_id})

    async def preview_campaign_text(self, body: PreviewWanted, *, idempotency_key: str | None = None) -> ShownPreview:
        """The same, of a campaign's text that need not have been applied.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownPreview, "POST", "/campaigns/preview", body=body, idempotency_key=idempotency_key)

    async def get_campaign_conflicts(self, campaign: str) -> Page[Conflict]:
        """What keeps a campaign from approaching people in it: other campaigns, live threads, suppressions, holds.

        Needs `campaigns:read`.
        """
        return await self.ask(Page[Conflict], "GET", "/campaigns/{}/conflicts", campaign)

    async def approve_campaign_preview(self, campaign: str, body: PreviewApproval, *, idempotency_key: str | None = None) -> Campaign:
        """Approve what the newest version would send, so that it may go live.

        A campaign that changes has to be approved again.

        Needs `messages:approve`.
        """
        return await self.ask(Campaign, "POST", "/campaigns/{}/approve", campaign, body=body, idempotency_key=idempotency_key)

    async def start_campaign(self, campaign: str, body: CampaignStart, *, idempotency_key: str | None = None) -> Started:
        """Enrol the audience and begin: as a dry run, or live once its preview was approved.

        Started again, it enrols who has come into the audience since.

        Needs `campaigns:run`.
        """
        return await self.ask(Started, "POST", "/campaigns/{}/start", campaign, body=body, idempotency_key=idempotency_key)

    async def pause_campaign(self, campaign: str, *, idempotency_key: str | None = None) -> MovedPeople:
        """Stop a campaign after the calls in flight; what was planned waits.

        Needs `campaigns:run`.
        """
        return await self.ask(MovedPeople, "POST", "/campaigns/{}/pause", campaign, idempotency_key=idempotency_key)

    async def resume_campaign(self, campaign: str, *, idempotency_key: str | None = None) -> MovedPeople:
        """Go on after a pause; what was due meanwhile is due now, within caps and gaps.

        Needs `campaigns:run`.
        """
        return await self.ask(MovedPeople, "POST", "/campaigns/{}/resume", campaign, idempotency_key=idempotency_key)

    async def cancel_campaign(self, campaign: str, *, idempotency_key: str | None = None) -> MovedPeople:
        """End a campaign for everybody, for good; what was sent stays recorded.

        Needs `campaigns:run`.
        """
        return await self.ask(MovedPeople, "POST", "/campaigns/{}/cancel", campaign, idempotency_key=idempotency_key)

    async def finish_campaign(self, campaign: str, *, idempotency_key: str | None = None) -> Campaign:
        """Close a campaign whose people have all come to an end.

        Needs `campaigns:run`.
        """
        return await self.ask(Campaign, "POST", "/campaigns/{}/finish", campaign, idempotency_key=idempotency_key)

    async def get_campaign_status(self, campaign: str) -> CampaignStanding:
        """Where a campaign stands: people by state, its funnel, what was sent, what waits for you.

        Needs `campaigns:read`.
        """
        return await self.ask(CampaignStanding, "GET", "/campaigns/{}/status", campaign)

    async def run_campaign(self, campaign: str, *, idempotency_key: str | None = None) -> CampaignRun:
        """Do what is due in a campaign now, within all its caps; a worker does the same by itself.

        What a dry run would send is decided and counted, and shown nowhere.

        Needs `campaigns:run`.
        """
        return await self.ask(CampaignRun, "POST", "/campaigns/{}/run", campaign, idempotency_key=idempotency_key)

    async def get_why(self, contact_id: UUID, *, campaign: str | None = None) -> Why:
        """Why somebody was written to, or was not: where they stand, and everything that was decided and happened, with its rule and reason.

        Needs `campaigns:read`.
        """
        return await self.ask(Why, "GET", "/contacts/{}/why", contact_id, query={"campaign": campaign})

    async def replay_campaign(self, campaign: str, *, limit: int | None = None) -> ShownReplay:
        """Decide a campaign's history again by the versions it was decided by: the same has to come out.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownReplay, "GET", "/campaigns/{}/replay", campaign, query={"limit": limit})

    async def replay_campaign_under(
        self, campaign: str, body: CampaignSource, *, limit: int | None = None, idempotency_key: str | None = None
    ) -> ShownReplay:
        """Decide a campaign's history again by another text, and show what would have been different.

        Each decision is made from the facts of its time alone.

        Needs `campaigns:read`.
        """
        return await self.ask(
            ShownReplay, "POST", "/campaigns/{}/replay", campaign, body=body, query={"limit": limit}, idempotency_key=idempotency_key
        )

    async def simulate_campaign(self, campaign: str, body: SimulationWanted, *, idempotency_key: str | None = None) -> Simulated:
        """Show what a campaign would do: who gets what and when, what is put off and why, what each mailbox carries.

        The real engine runs on a copy of the people in a workspace that is thrown away. It may take minutes.

        Needs `campaigns:write`.
        """
        return await self.ask(Simulated, "POST", "/campaigns/{}/simulate", campaign, body=body, idempotency_key=idempotency_key)

    async def list_templates(
        self, *, sort: Literal["name", "-name"] | None = None, limit: int | None = None, after: str | None = None
    ) -> Page[OutreachTemplate]:
        """The templates of all campaigns by name (`campaign/template`), each in its newest version.

        Needs `campaigns:read`.
        """
        return await self.ask(Page[OutreachTemplate], "GET", "/templates", query={"sort": sort, "limit": limit, "after": after})

    async def get_template_versions(self, campaign: str, template: str) -> Page[TemplateVersion]:
        """The versions of a campaign's template, the newest first.

        Needs `campaigns:read`.
        """
        return await self.ask(Page[TemplateVersion], "GET", "/campaigns/{}/templates/{}", campaign, template)

    async def put_template(self, campaign: str, template: str, body: TemplateGiven, *, idempotency_key: str | None = None) -> Applied:
        """Give a template other words: a new version of its campaign, whose preview has to be approved again before they go live.

        The same words change nothing.

        Needs `campaigns:write`.
        """
        return await self.ask(Applied, "PUT", "/campaigns/{}/templates/{}", campaign, template, body=body, idempotency_key=idempotency_key)

    async def get_template_preview(self, campaign: str, template: str, *, contact_id: UUID) -> Page[Preview]:
        """The steps that use a template, in each variant, as a contact would get them.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Preview], "GET", "/campaigns/{}/templates/{}/preview", campaign, template, query={"contact_id": contact_id}
        )

    async def preview_template_words(
        self, campaign: str, template: str, body: TemplatePreviewWanted, *, idempotency_key: str | None = None
    ) -> Page[Preview]:
        """The same with other words, which are not kept.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Preview], "POST", "/campaigns/{}/templates/{}/preview", campaign, template, body=body, idempotency_key=idempotency_key
        )

    async def list_enrolments(
        self,
        *,
        campaign: str | None = None,
        contact_id: UUID | None = None,
        company_id: UUID | None = None,
        state: Literal["pending", "active", "waiting", "paused", "finished", "failed"] | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Enrolment]:
        """People in campaigns, as they began. `state`: only of one campaign, contact or company.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Enrolment],
            "GET",
            "/enrolments",
            query={
                "campaign": campaign,
                "contact_id": contact_id,
                "company_id": company_id,
                "state": state,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def list_decisions(
        self,
        *,
        enrolment_id: UUID | None = None,
        contact_id: UUID | None = None,
        verdict: Literal["allow", "defer", "deny"] | None = None,
        rule: str | None = None,
        sort: Literal["id", "-id"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[DecisionMade]:
        """What was decided, with its rule and its reason, as it was first made. `verdict`, `rule`: only of one enrolment or contact.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[DecisionMade],
            "GET",
            "/decisions",
            query={
                "enrolment_id": enrolment_id,
                "contact_id": contact_id,
                "verdict": verdict,
                "rule": rule,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def enrol_people(self, campaign: str, body: NewPeople, *, idempotency_key: str | None = None) -> Added:
        """Bring people into an active campaign by hand.

        Its audience is not asked; before each step it is decided all the same whether they may be written to.

        Needs `campaigns:run`.
        """
        return await self.ask(Added, "POST", "/campaigns/{}/enrolments", campaign, body=body, idempotency_key=idempotency_key)

    async def show_enrolment(self, enrolment_id: UUID) -> EnrolledPerson:
        """Where somebody stands in a campaign.

        Needs `campaigns:read`.
        """
        return await self.ask(EnrolledPerson, "GET", "/enrolments/{}", enrolment_id)

    async def pause_person(self, enrolment_id: UUID, body: EnrolmentPause, *, idempotency_key: str | None = None) -> EnrolledPerson:
        """Stop for one person after the call in flight.

        Needs `campaigns:run`.
        """
        return await self.ask(EnrolledPerson, "POST", "/enrolments/{}/pause", enrolment_id, body=body, idempotency_key=idempotency_key)

    async def resume_person(self, enrolment_id: UUID, *, idempotency_key: str | None = None) -> EnrolledPerson:
        """Let one person go on; what was due meanwhile is due now, within hours, gaps and caps.

        Needs `campaigns:run`.
        """
        return await self.ask(EnrolledPerson, "POST", "/enrolments/{}/resume", enrolment_id, idempotency_key=idempotency_key)

    async def remove_person(self, enrolment_id: UUID, *, idempotency_key: str | None = None) -> EnrolledPerson:
        """Take one person out of a campaign for good; what was sent stays recorded.

        Needs `campaigns:run`.
        """
        return await self.ask(EnrolledPerson, "POST", "/enrolments/{}/remove", enrolment_id, idempotency_key=idempotency_key)

    async def process_new_lead(self, body: Lead, *, idempotency_key: str | None = None) -> ProcessedLead:
        """Bring somebody in who came to us: account, person, what they wrote, and their campaign.

        What is known is never overwritten, only completed. The same lead again changes nothing.

        Needs `campaigns:run`.
        """
        return await self.ask(ProcessedLead, "POST", "/leads", body=body, idempotency_key=idempotency_key)

    async def process_new_leads(self, body: NewLeads, *, idempotency_key: str | None = None) -> Page[TakenLead]:
        """Bring many in; each is taken alone, and one that is refused keeps none of the others back.

        Needs `campaigns:run`.
        """
        return await self.ask(Page[TakenLead], "POST", "/leads/bulk", body=body, idempotency_key=idempotency_key)

    async def list_intents(
        self,
        *,
        campaign: str | None = None,
        enrolment_id: UUID | None = None,
        contact_id: UUID | None = None,
        company_id: UUID | None = None,
        state: Literal["planned", "calling", "sent", "refused", "unknown", "withdrawn"] | None = None,
        is_live: bool | None = None,
        sort: Literal["planned_at", "-planned_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Intent]:
        """What was decided to be sent or done, as it was planned. `is_live`: only with another filter.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Intent],
            "GET",
            "/intents",
            query={
                "campaign": campaign,
                "enrolment_id": enrolment_id,
                "contact_id": contact_id,
                "company_id": company_id,
                "state": state,
                "is_live": is_live,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def list_attempts(
        self, *, intent_id: UUID | None = None, sort: Literal["id", "-id"] | None = None, limit: int | None = None, after: str | None = None
    ) -> Page[Attempt]:
        """Calls to providers as they were made, and what came of each.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Attempt], "GET", "/attempts", query={"intent_id": intent_id, "sort": sort, "limit": limit, "after": after}
        )

    async def get_intent(self, intent_id: UUID) -> ShownIntent:
        """What was decided to be sent to somebody, what became of it, and every call that was made for it.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownIntent, "GET", "/intents/{}", intent_id)

    async def resolve_intent(self, intent_id: UUID, body: FoundOut, *, idempotency_key: str | None = None) -> Closed:
        """Say whether a message left of which nobody knew; whoever waits for it goes on.

        Needs `tasks:work`.
        """
        return await self.ask(Closed, "POST", "/intents/{}/resolve", intent_id, body=body, idempotency_key=idempotency_key)

    async def list_approvals(
        self,
        *,
        state: Literal["pending", "accepted", "rejected", "withdrawn", "all"] | None = None,
        campaign: str | None = None,
        enrolment_id: UUID | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Approval]:
        """The messages that wait for a person, the oldest first. `campaign`: only with a state.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Approval],
            "GET",
            "/approvals",
            query={"state": state, "campaign": campaign, "enrolment_id": enrolment_id, "sort": sort, "limit": limit, "after": after},
        )

    async def get_approval(self, approval_id: UUID) -> Shown:
        """A message as it would leave, with whom it is for, why it waits, and what is known of them.

        Needs `campaigns:read`.
        """
        return await self.ask(Shown, "GET", "/approvals/{}", approval_id)

    async def edit_approval_words(self, approval_id: UUID, body: ApprovalEdit, *, idempotency_key: str | None = None) -> Approval:
        """Change the words of a message that waits; it has another hash then.

        Needs `messages:approve`.
        """
        return await self.ask(Approval, "PATCH", "/approvals/{}", approval_id, body=body, idempotency_key=idempotency_key)

    async def accept(self, approval_id: UUID, body: Acceptance, *, idempotency_key: str | None = None) -> Ruling:
        """Let exactly these words leave, at once within hours and caps.

        Refused with 409 where they were changed since they were seen. It stands in the log under the name of whoever's key this is.

        Needs `messages:approve`.
        """
        return await self.ask(Ruling, "POST", "/approvals/{}/accept", approval_id, body=body, idempotency_key=idempotency_key)

    async def reject(self, approval_id: UUID, body: Rejection, *, idempotency_key: str | None = None) -> Ruling:
        """Keep a message from leaving.

        Needs `messages:approve`.
        """
        return await self.ask(Ruling, "POST", "/approvals/{}/reject", approval_id, body=body, idempotency_key=idempotency_key)

    async def claim_approval(self, approval_id: UUID, body: ClaimWanted, *, idempotency_key: str | None = None) -> Claim:
        """Be at a message for a while: nobody else edits it or decides on it meanwhile, unless they take it over.

        Where somebody else is at it, the answer says who and until when.

        Needs `messages:approve`.
        """
        return await self.ask(Claim, "POST", "/approvals/{}/claim", approval_id, body=body, idempotency_key=idempotency_key)

    async def leave_approval(self, approval_id: UUID, *, idempotency_key: str | None = None) -> Claim:
        """Be at a message no more; where somebody else is, they stay.

        Needs `messages:approve`.
        """
        return await self.ask(Claim, "DELETE", "/approvals/{}/claim", approval_id, idempotency_key=idempotency_key)

    async def list_tasks(
        self,
        *,
        state: Literal["open", "done", "skipped", "all"] | None = None,
        kind: Literal[
            "call",
            "linkedin",
            "mail",
            "sms",
            "whatsapp",
            "meeting",
            "reply",
            "proposal",
            "meeting_outcome",
            "resolve_unknown",
            "question",
            "to_do",
        ]
        | None = None,
        owner: str | None = None,
        company_id: UUID | None = None,
        contact_id: UUID | None = None,
        enrolment_id: UUID | None = None,
        include_snoozed: bool | None = None,
        sort: Literal["due_at", "-due_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Task]:
        """Tasks, what is due first before the rest.

        Needs `tasks:read`.
        """
        return await self.ask(
            Page[Task],
            "GET",
            "/tasks",
            query={
                "state": state,
                "kind": kind,
                "owner": owner,
                "company_id": company_id,
                "contact_id": contact_id,
                "enrolment_id": enrolment_id,
                "include_snoozed": include_snoozed,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def create_task(self, body: NewTask, *, idempotency_key: str | None = None) -> Task:
        """Give somebody a task, about a person, an account, or neither.

        Needs `tasks:work`.
        """
        return await self.ask(Task, "POST", "/tasks", body=body, idempotency_key=idempotency_key)

    async def take_next_task(self, body: WorkWanted, *, idempotency_key: str | None = None) -> NextTask:
        """Take what is due first, with everything needed for it; nobody else gets it meanwhile.

        Who is at one already gets that one again.

        Needs `tasks:work`.
        """
        return await self.ask(NextTask, "POST", "/tasks/next", body=body, idempotency_key=idempotency_key)

    async def get_task(self, task_id: UUID) -> Sheet:
        """A task with everything needed for it: why now, what to say, what was said, what can come of it.

        Needs `tasks:read`.
        """
        return await self.ask(Sheet, "GET", "/tasks/{}", task_id)

    async def release_task(self, task_id: UUID, *, idempotency_key: str | None = None) -> Task:
        """Give a task back to the queue, whoever is at it.

        Needs `tasks:work`.
        """
        return await self.ask(Task, "POST", "/tasks/{}/release", task_id, idempotency_key=idempotency_key)

    async def snooze_task(self, task_id: UUID, body: TaskSnooze, *, idempotency_key: str | None = None) -> Task:
        """Put a task off, or something in the inbox, and give it back.

        It is neither listed nor handed out before its time, and comes back by itself; at once where the person writes again.

        Needs `tasks:work`.
        """
        return await self.ask(Task, "POST", "/tasks/{}/snooze", task_id, body=body, idempotency_key=idempotency_key)

    async def wake_task(self, task_id: UUID, *, idempotency_key: str | None = None) -> Task:
        """Bring back a task that was put off.

        Needs `tasks:work`.
        """
        return await self.ask(Task, "DELETE", "/tasks/{}/snooze", task_id, idempotency_key=idempotency_key)

    async def complete_task(self, task_id: UUID, body: TaskOutcome, *, idempotency_key: str | None = None) -> Closed:
        """Say that a task is done, and what came of it; whoever waits for it goes on.

        Needs `tasks:work`.
        """
        return await self.ask(Closed, "POST", "/tasks/{}/done", task_id, body=body, idempotency_key=idempotency_key)

    async def skip_task(self, task_id: UUID, body: TaskNote, *, idempotency_key: str | None = None) -> Closed:
        """Leave a task undone. A step is passed over, and the next one comes after its own gap.

        Needs `tasks:work`.
        """
        return await self.ask(Closed, "POST", "/tasks/{}/skip", task_id, body=body, idempotency_key=idempotency_key)

    async def claim_task(self, task_id: UUID, body: ClaimWanted, *, idempotency_key: str | None = None) -> Claim:
        """Be at a task, or at something in the inbox, for a while: nobody else answers it meanwhile, unless they take it over.

        Where somebody else is at it, the answer says who and until when.

        Needs `tasks:work`.
        """
        return await self.ask(Claim, "POST", "/tasks/{}/claim", task_id, body=body, idempotency_key=idempotency_key)

    async def leave_task(self, task_id: UUID, *, idempotency_key: str | None = None) -> Claim:
        """Be at a task no more; where somebody else is, they stay.

        Needs `tasks:work`.
        """
        return await self.ask(Claim, "DELETE", "/tasks/{}/claim", task_id, idempotency_key=idempotency_key)

    async def list_inbox_items(
        self,
        *,
        kind: Literal["reply", "proposal", "meeting_outcome", "question"] | None = None,
        owner: str | None = None,
        company_id: UUID | None = None,
        include_snoozed: bool | None = None,
        sort: Literal["due_at", "-due_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Task]:
        """What came in and is open, what is due first before the rest.

        Needs `tasks:read`.
        """
        return await self.ask(
            Page[Task],
            "GET",
            "/inbox",
            query={
                "kind": kind,
                "owner": owner,
                "company_id": company_id,
                "include_snoozed": include_snoozed,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def get_inbox_item(self, task_id: UUID) -> Opened:
        """What came in, the conversation before it, and who stands still because of it.

        Needs `tasks:read`.
        """
        return await self.ask(Opened, "GET", "/inbox/{}", task_id)

    async def reply_to_inbox_item(self, task_id: UUID, body: Reply, *, idempotency_key: str | None = None) -> Answered:
        """Answer by e-mail, in the thread, from the mailbox that wrote. The same words again send nothing.

        `outcome` says what came of it: only `sent` left.

        Needs `messages:approve`.
        """
        return await self.ask(Answered, "POST", "/inbox/{}/reply", task_id, body=body, idempotency_key=idempotency_key)

    async def assign_inbox_item(self, task_id: UUID, body: Assignment, *, idempotency_key: str | None = None) -> Task:
        """Give something that came in to somebody.

        Needs `tasks:work`.
        """
        return await self.ask(Task, "POST", "/inbox/{}/assign", task_id, body=body, idempotency_key=idempotency_key)

    async def resume_people(self, body: Resumption, *, idempotency_key: str | None = None) -> Resumed:
        """Let paused people go on: a whole account, or one person.

        What waits for an approval, a task, a campaign or a hold goes on by those; the answer says which.

        Needs `tasks:work`.
        """
        return await self.ask(Resumed, "POST", "/inbox/resume", body=body, idempotency_key=idempotency_key)

    async def list_signals(
        self,
        *,
        contact_id: UUID | None = None,
        company_id: UUID | None = None,
        kind: Literal[
            "reply",
            "reply_positive",
            "reply_question",
            "reply_objection",
            "reply_not_now",
            "reply_refusal",
            "referral",
            "manual_message",
            "out_of_office",
            "hard_bounce",
            "soft_bounce",
            "policy_bounce",
            "unsubscribe",
            "complaint",
            "meeting_booked",
            "meeting_held",
            "meeting_missed",
            "deal_opened",
            "deal_won",
            "deal_lost",
            "left_company",
            "manual_stop",
            "open",
            "click",
        ]
        | None = None,
        sort: Literal["at", "-at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[SignalMade]:
        """What happened, to a contact, to an account or to any, and what it did, in the order it happened.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[SignalMade],
            "GET",
            "/signals",
            query={"contact_id": contact_id, "company_id": company_id, "kind": kind, "sort": sort, "limit": limit, "after": after},
        )

    async def record_signal(self, body: NewSignal, *, idempotency_key: str | None = None) -> RecordRecorded:
        """Record what happened, and show what it did. The same again changes nothing.

        Needs `tasks:work`.
        """
        return await self.ask(RecordRecorded, "POST", "/signals", body=body, idempotency_key=idempotency_key)

    async def list_drafts(
        self,
        *,
        campaign: str | None = None,
        state: Literal["wanted", "written", "refused", "failed"] | None = None,
        sort: Literal["asked_at", "-asked_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Draft]:
        """What a model wrote for campaigns, or did not, the newest first.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Draft], "GET", "/drafts", query={"campaign": campaign, "state": state, "sort": sort, "limit": limit, "after": after}
        )

    async def get_draft(self, draft_id: UUID) -> Draft:
        """A draft, the facts that it rests on, and what was refused.

        Needs `campaigns:read`.
        """
        return await self.ask(Draft, "GET", "/drafts/{}", draft_id)

    async def get_draft_prompt(self, campaign: str, *, contact_id: UUID, step: str | None = None) -> ShownPrompt:
        """All that the model would be told for one message. Nothing leaves this machine.

        Needs `campaigns:read`.
        """
        return await self.ask(ShownPrompt, "GET", "/campaigns/{}/prompt", campaign, query={"contact_id": contact_id, "step": step})

    async def try_draft_now(self, campaign: str, body: DraftWanted, *, idempotency_key: str | None = None) -> DraftTrial:
        """Let the model write one message now, and show it with the checker's verdict. Nothing is kept or sent.

        Needs `messages:propose`.
        """
        return await self.ask(DraftTrial, "POST", "/campaigns/{}/drafts/test", campaign, body=body, idempotency_key=idempotency_key)

    async def list_suppressions(
        self,
        *,
        contact_id: UUID | None = None,
        address: str | None = None,
        domain: str | None = None,
        reason: SuppressionReason | None = None,
        channel: Literal["all", "email", "sms", "call", "linkedin", "mail", "whatsapp", "meeting"] | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Suppression]:
        """Suppressions, the oldest first.

        `address`: an e-mail address or a number, also one that was erased. `channel`: only with another filter.

        Needs `suppressions:read`.
        """
        return await self.ask(
            Page[Suppression],
            "GET",
            "/suppressions",
            query={
                "contact_id": contact_id,
                "address": address,
                "domain": domain,
                "reason": reason,
                "channel": channel,
                "sort": sort,
                "limit": limit,
                "after": after,
            },
        )

    async def suppress(self, body: NewSuppression, *, idempotency_key: str | None = None) -> Page[Suppression]:
        """Write to somebody no more, from this moment on. It is so already: gives what stands.

        Needs `suppressions:write`.
        """
        return await self.ask(Page[Suppression], "POST", "/suppressions", body=body, idempotency_key=idempotency_key)

    async def remove_suppression(self, suppression_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Lift a suppression.

        Needs `suppressions:write`.
        """
        await self.do("DELETE", "/suppressions/{}", suppression_id, idempotency_key=idempotency_key)

    async def get_contact_suppressions(self, contact_id: UUID, *, channel: Channel | None = None) -> Page[Suppression]:
        """What keeps us from writing to somebody on a channel, by person, address, number or domain; the oldest first.

        Needs `suppressions:read`.
        """
        return await self.ask(Page[Suppression], "GET", "/contacts/{}/suppressions", contact_id, query={"channel": channel})

    async def list_consents(
        self,
        *,
        contact_id: UUID | None = None,
        basis: ConsentBasis | None = None,
        channel: Channel | None = None,
        sort: Literal["captured_at", "-captured_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Consent]:
        """Consents, those that were revoked too, as they were captured. `channel`: only with another filter.

        Needs `suppressions:read`.
        """
        return await self.ask(
            Page[Consent],
            "GET",
            "/consents",
            query={"contact_id": contact_id, "basis": basis, "channel": channel, "sort": sort, "limit": limit, "after": after},
        )

    async def get_contact_consents(
        self, contact_id: UUID, *, channel: Channel | None = None, include_revoked: bool | None = None
    ) -> Page[Consent]:
        """Somebody's consents, the latest first.

        Needs `suppressions:read`.
        """
        return await self.ask(
            Page[Consent], "GET", "/contacts/{}/consents", contact_id, query={"channel": channel, "include_revoked": include_revoked}
        )

    async def record_consent(self, contact_id: UUID, body: NewConsent, *, idempotency_key: str | None = None) -> Consent:
        """Record that somebody may be written to on a channel.

        Needs `suppressions:write`.
        """
        return await self.ask(Consent, "POST", "/contacts/{}/consents", contact_id, body=body, idempotency_key=idempotency_key)

    async def revoke_consents(self, contact_id: UUID, body: Revocation, *, idempotency_key: str | None = None) -> Page[Consent]:
        """End somebody's consents; the record of them stays. Gives what was ended.

        Needs `suppressions:write`.
        """
        return await self.ask(Page[Consent], "POST", "/contacts/{}/consents/revoke", contact_id, body=body, idempotency_key=idempotency_key)

    async def get_contact_topics(self, contact_id: UUID) -> Page[ContactTopic]:
        """What somebody wants to hear about, and what they refused.

        Needs `suppressions:read`.
        """
        return await self.ask(Page[ContactTopic], "GET", "/contacts/{}/topics", contact_id)

    async def choose_contact_topics(
        self, contact_id: UUID, body: ChosenTopics, *, idempotency_key: str | None = None
    ) -> Page[ContactTopic]:
        """Write down what somebody wants to hear about, as they told you.

        Needs `suppressions:write`.
        """
        return await self.ask(Page[ContactTopic], "PUT", "/contacts/{}/topics", contact_id, body=body, idempotency_key=idempotency_key)

    async def list_exclusions(
        self,
        *,
        company_id: UUID | None = None,
        ended: bool | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[AccountExclusion]:
        """The accounts that campaigns leave alone beside customers, the oldest first.

        Needs `suppressions:read`.
        """
        return await self.ask(
            Page[AccountExclusion],
            "GET",
            "/exclusions",
            query={"company_id": company_id, "ended": ended, "sort": sort, "limit": limit, "after": after},
        )

    async def exclude_account(self, company_id: UUID, body: NewExclusion, *, idempotency_key: str | None = None) -> AccountExclusion:
        """Leave an account out of every campaign from now on; who is under way there ends at their next step.

        Needs `suppressions:write`.
        """
        return await self.ask(AccountExclusion, "POST", "/companies/{}/exclusions", company_id, body=body, idempotency_key=idempotency_key)

    async def end_exclusions(
        self,
        company_id: UUID,
        *,
        reason: Literal["competitor", "open_opportunity", "owner"] | None = None,
        idempotency_key: str | None = None,
    ) -> Page[AccountExclusion]:
        """Let campaigns take an account again; gives what was ended.

        Needs `suppressions:write`.
        """
        return await self.ask(
            Page[AccountExclusion],
            "DELETE",
            "/companies/{}/exclusions",
            company_id,
            query={"reason": reason},
            idempotency_key=idempotency_key,
        )

    async def list_holds(
        self,
        *,
        everything: bool | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Hold]:
        """The holds that stand, the oldest first.

        Needs `suppressions:read`.
        """
        return await self.ask(Page[Hold], "GET", "/holds", query={"everything": everything, "sort": sort, "limit": limit, "after": after})

    async def hold(self, body: NewHold, *, idempotency_key: str | None = None) -> SetHold:
        """Stop everything there that is not being called at this moment.

        Needs `campaigns:run`.
        """
        return await self.ask(SetHold, "POST", "/holds", body=body, idempotency_key=idempotency_key)

    async def lift_hold(self, body: HoldLift, *, idempotency_key: str | None = None) -> Lifted:
        """Let go what a hold stopped; whom it paused goes on.

        Needs `campaigns:run`.
        """
        return await self.ask(Lifted, "POST", "/holds/lift", body=body, idempotency_key=idempotency_key)

    async def list_jurisdictions(
        self, *, country: str | None = None, on: date | None = None, everything: bool | None = None
    ) -> Page[Jurisdiction]:
        """What the law says, by country and channel: what holds on a day (today), or `everything` that ever held or will.

        This is not legal advice.

        Needs `settings:read`.
        """
        return await self.ask(Page[Jurisdiction], "GET", "/jurisdictions", query={"country": country, "on": on, "everything": everything})

    async def put_jurisdiction(
        self, country: str, channel: Channel, valid_from: date, body: LegalRuleGiven, *, idempotency_key: str | None = None
    ) -> Jurisdiction:
        """Say what holds from a day on; what held before stays in the table.

        Needs `settings:write`.
        """
        return await self.ask(
            Jurisdiction, "PUT", "/jurisdictions/{}/{}/{}", country, channel, valid_from, body=body, idempotency_key=idempotency_key
        )

    async def remove_jurisdiction(self, country: str, channel: Channel, valid_from: date, *, idempotency_key: str | None = None) -> None:
        """Take a rule away; the one before it holds again.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/jurisdictions/{}/{}/{}", country, channel, valid_from, idempotency_key=idempotency_key)

    async def list_holidays(self, *, since: date | None = None) -> Page[FreeDay]:
        """The free days of your own that are ahead, beside the public holidays of where people are.

        Needs `settings:read`.
        """
        return await self.ask(Page[FreeDay], "GET", "/holidays", query={"since": since})

    async def add_holiday(self, body: FreeDayGiven, *, idempotency_key: str | None = None) -> FreeDay:
        """Nothing is sent on this day; business days pass over it. It is one already: it gets the name.

        Needs `settings:write`.
        """
        return await self.ask(FreeDay, "POST", "/holidays", body=body, idempotency_key=idempotency_key)

    async def remove_holiday(self, day: date, *, region: str | None = None, idempotency_key: str | None = None) -> None:
        """Take a free day away: that of a region, or that of everywhere.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/holidays/{}", day, query={"region": region}, idempotency_key=idempotency_key)

    async def list_senders(
        self,
        *,
        channel: Channel | None = None,
        active_only: bool | None = None,
        sort: Literal["created_at", "-created_at"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[Sender]:
        """The mailboxes and numbers, in the order they were added; their secrets are named, never said.

        Needs `mailboxes:read`.
        """
        return await self.ask(
            Page[Sender],
            "GET",
            "/senders",
            query={"channel": channel, "active_only": active_only, "sort": sort, "limit": limit, "after": after},
        )

    async def add_sender(self, body: NewSender, *, idempotency_key: str | None = None) -> Sender:
        """Add a mailbox or a number.

        Settings name a stored secret as `secret:NAME`; PUT /secrets stores one. Without a `transport` it shows what it would send.

        Needs `mailboxes:write`.
        """
        return await self.ask(Sender, "POST", "/senders", body=body, idempotency_key=idempotency_key)

    async def get_sender(self, sender_id: UUID) -> Sender:
        """A mailbox or a number.

        Needs `mailboxes:read`.
        """
        return await self.ask(Sender, "GET", "/senders/{}", sender_id)

    async def update_sender(
        self, sender_id: UUID, body: SenderChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Sender:
        """Change fields of a sender. `settings` are sent whole.

        Needs `mailboxes:write`.
        """
        return await self.ask(Sender, "PATCH", "/senders/{}", sender_id, body=body, if_match=if_match, idempotency_key=idempotency_key)

    async def pause_sender(self, sender_id: UUID, *, idempotency_key: str | None = None) -> Sender:
        """Take a sender out of use; what waits for it stays with it.

        Needs `mailboxes:write`.
        """
        return await self.ask(Sender, "POST", "/senders/{}/pause", sender_id, idempotency_key=idempotency_key)

    async def resume_sender(self, sender_id: UUID, *, idempotency_key: str | None = None) -> Sender:
        """Use a sender again after a pause.

        Needs `mailboxes:write`.
        """
        return await self.ask(Sender, "POST", "/senders/{}/resume", sender_id, idempotency_key=idempotency_key)

    async def send_test_message(self, sender_id: UUID, body: TestMessage, *, idempotency_key: str | None = None) -> TrialTrial:
        """Send one made-up mail through a sender, and say what its service answered.

        It counts against the sender's caps.

        Needs `mailboxes:write`.
        """
        return await self.ask(TrialTrial, "POST", "/senders/{}/test", sender_id, body=body, idempotency_key=idempotency_key)

    async def connect_mailbox(self, body: NewMailbox, *, idempotency_key: str | None = None) -> MailboxHealth:
        """Read a mailbox from now on over IMAP, and send from it over SMTP.

        Both logins are tried before anything is kept; the same address again changes how it is reached. A mailbox that wants OAuth2 is
        connected by `POST /mailboxes/{sender_id}/authorize`, where its owner agrees in a browser.

        Needs `mailboxes:write`.
        """
        return await self.ask(MailboxHealth, "POST", "/mailboxes", body=body, idempotency_key=idempotency_key)

    async def list_mailboxes(
        self,
        *,
        protocol: Literal["imap", "gmail", "graph"] | None = None,
        is_failing: bool | None = None,
        sort: Literal["address", "-address"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[MailboxHealth]:
        """The mailboxes that are read, by address, and how they fare.

        Needs `mailboxes:read`.
        """
        return await self.ask(
            Page[MailboxHealth],
            "GET",
            "/mailboxes",
            query={"protocol": protocol, "is_failing": is_failing, "sort": sort, "limit": limit, "after": after},
        )

    async def get_mailbox(self, sender_id: UUID) -> MailboxHealth:
        """A mailbox, and how it fares.

        Needs `mailboxes:read`.
        """
        return await self.ask(MailboxHealth, "GET", "/mailboxes/{}", sender_id)

    async def test_mailbox(self, sender_id: UUID, *, idempotency_key: str | None = None) -> MailboxChecks:
        """Try both logins, look for the folders, and look at what the domain says.

        Needs `mailboxes:write`.
        """
        return await self.ask(MailboxChecks, "POST", "/mailboxes/{}/test", sender_id, idempotency_key=idempotency_key)

    async def sync_mailbox_now(self, sender_id: UUID, *, idempotency_key: str | None = None) -> MailboxSync:
        """Take what is new in a mailbox, once; the worker does so all the time.

        Needs `mailboxes:write`.
        """
        return await self.ask(MailboxSync, "POST", "/mailboxes/{}/sync", sender_id, idempotency_key=idempotency_key)

    async def remove_mailbox(self, sender_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Read a mailbox no more; it goes on sending, and follow-ups wait for it no longer.

        Needs `mailboxes:write`.
        """
        await self.do("DELETE", "/mailboxes/{}", sender_id, idempotency_key=idempotency_key)

    async def authorize_mailbox(self, sender_id: UUID, body: MailboxLogin, *, idempotency_key: str | None = None) -> LoginBegun:
        """Connect a sender's mailbox by OAuth2: send its owner's browser to the `url` of the answer.

        The service sends the browser back here within ten minutes; it has to be logged in, as whoever began this or, where a key did, as
        anybody who may connect mailboxes. The address to register at the service is `/api/v1/mailboxes/oauth/callback` of this server.

        Needs `mailboxes:write`.
        """
        return await self.ask(LoginBegun, "POST", "/mailboxes/{}/authorize", sender_id, body=body, idempotency_key=idempotency_key)

    def finish_mailbox_login(
        self, *, state: str | None = None, code: str | None = None, error: str | None = None, error_description: str | None = None
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """The service sends the browser back here: the mailbox is tried, and read from now on; the browser goes where it wanted to.

        401 where the browser is not logged in, or the login is too old or was used; 403 where it is somebody else's.
        """
        return self.download(
            "GET", "/mailboxes/oauth/callback", query={"state": state, "code": code, "error": error, "error_description": error_description}
        )

    async def list_secrets(self) -> Page[StoredSecret]:
        """Which secrets there are, never what they say.

        Needs `settings:read`.
        """
        return await self.ask(Page[StoredSecret], "GET", "/secrets")

    async def put_secret(self, name: str, body: SecretValue, *, idempotency_key: str | None = None) -> SecretName:
        """Seal a secret; one of this name is replaced.

        Needs `settings:write`.
        """
        return await self.ask(SecretName, "PUT", "/secrets/{}", name, body=body, idempotency_key=idempotency_key)

    async def delete_secret(self, name: str, *, idempotency_key: str | None = None) -> None:
        """Forget a secret; whoever needs it fails from then on.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/secrets/{}", name, idempotency_key=idempotency_key)

    async def get_settings(self) -> WorkspaceSettings:
        """What holds for the whole workspace.

        Needs `settings:read`.
        """
        return await self.ask(WorkspaceSettings, "GET", "/settings")

    async def update_settings(self, body: SettingsChanges, *, idempotency_key: str | None = None) -> WorkspaceSettings:
        """Change what holds for the whole workspace.

        Needs `settings:write`.
        """
        return await self.ask(WorkspaceSettings, "PATCH", "/settings", body=body, idempotency_key=idempotency_key)

    async def list_legal_identities(self) -> Page[LegalIdentity]:
        """Who senders are before the law, by name.

        Needs `settings:read`.
        """
        return await self.ask(Page[LegalIdentity], "GET", "/legal-identities")

    async def add_legal_identity(self, body: NewLegalIdentity, *, idempotency_key: str | None = None) -> LegalIdentity:
        """Add a legal identity: the name and the postal address that stand below each mail.

        Needs `settings:write`.
        """
        return await self.ask(LegalIdentity, "POST", "/legal-identities", body=body, idempotency_key=idempotency_key)

    async def update_legal_identity(
        self, identity_id: UUID, body: LegalIdentityChanges, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> LegalIdentity:
        """Change a legal identity; messages that are not written yet carry the new one.

        Needs `settings:write`.
        """
        return await self.ask(
            LegalIdentity, "PATCH", "/legal-identities/{}", identity_id, body=body, if_match=if_match, idempotency_key=idempotency_key
        )

    async def list_topics(self) -> Page[Topic]:
        """What people may choose to hear about.

        Needs `settings:read`.
        """
        return await self.ask(Page[Topic], "GET", "/topics")

    async def put_topic(self, key: str, body: TopicName, *, idempotency_key: str | None = None) -> Topic:
        """Add a topic, or give it another name.

        Needs `settings:write`.
        """
        return await self.ask(Topic, "PUT", "/topics/{}", key, body=body, idempotency_key=idempotency_key)

    async def get_model(self) -> DraftingSettings:
        """The model that writes messages; its key is named, never said.

        Needs `settings:read`.
        """
        return await self.ask(DraftingSettings, "GET", "/settings/model")

    async def update_model(self, body: ModelChanges, *, idempotency_key: str | None = None) -> DraftingSettings:
        """Say which model writes messages, where it is, and which stored secret is its key.

        A key that this machine's environment holds is set at its command line, and goes to no other address from here.

        Needs `settings:write`.
        """
        return await self.ask(DraftingSettings, "PATCH", "/settings/model", body=body, idempotency_key=idempotency_key)

    async def remove_model(self, *, idempotency_key: str | None = None) -> None:
        """No model writes any more; templates do the job.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/settings/model", idempotency_key=idempotency_key)

    async def list_transports(self) -> TransportNames:
        """The transports that senders can use.

        Needs `mailboxes:read`.
        """
        return await self.ask(TransportNames, "GET", "/transports")

    async def list_providers(self) -> Page[Features]:
        """The providers of mail and text messages, what each can do, and how its webhook proves who sent it.

        Needs `mailboxes:read`.
        """
        return await self.ask(Page[Features], "GET", "/providers")

    async def list_calendars(self) -> Page[CalendarFeatures]:
        """The calendar services whose meetings are taken, and how each one's webhook proves who sent it.

        Needs `mailboxes:read`.
        """
        return await self.ask(Page[CalendarFeatures], "GET", "/calendars")

    async def get_account_overview(self, company_id: UUID) -> AccountOverview:
        """The account: its people with their conversations, their relationships, what happened last, and counts.

        Needs `graph:read`.
        """
        return await self.ask(AccountOverview, "GET", "/companies/{}/overview", company_id)

    async def get_account_health(self, company_id: UUID, *, as_of: datetime | None = None) -> AccountHealth:
        """How the account is doing (0-100), why, and what is missing.

        Needs `graph:read`.
        """
        return await self.ask(AccountHealth, "GET", "/companies/{}/health", company_id, query={"as_of": as_of})

    async def get_conversations_health(self, company_id: UUID) -> Page[ConversationHealth]:
        """The health of a company's active conversations.

        Needs `graph:read`.
        """
        return await self.ask(Page[ConversationHealth], "GET", "/companies/{}/conversations/health", company_id)

    async def get_conversation_health(self, conversation_id: UUID) -> ConversationHealth:
        """Whose turn it is in a conversation, for how long, and why.

        Needs `graph:read`.
        """
        return await self.ask(ConversationHealth, "GET", "/conversations/{}/health", conversation_id)

    async def find_expansion_targets(
        self,
        contact_id: UUID,
        *,
        min_strength: Strength | None = None,
        types: list[RelationshipType] | None = None,
        include_implied: bool | None = None,
        channel: Channel | None = None,
    ) -> Page[ExpansionTarget]:
        """Whom of the same company to talk to next, best first, with the parts of each score.

        Suppressed, inactive, excluded and do-not-contact people never appear.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[ExpansionTarget],
            "GET",
            "/contacts/{}/expansion",
            contact_id,
            query={"min_strength": min_strength, "types": types, "include_implied": include_implied, "channel": channel},
        )

    async def get_conversation_context(
        self, contact_id: UUID, *, company: bool | None = None, relationships: bool | None = None
    ) -> ConversationContext:
        """Everything a message to this contact needs.

        Needs `graph:read`.
        """
        return await self.ask(
            ConversationContext, "GET", "/contacts/{}/context", contact_id, query={"company": company, "relationships": relationships}
        )

    async def get_conversation_prompt(self, contact_id: UUID) -> Prompt:
        """The context of a conversation as text for a language model.

        Needs `graph:read`.
        """
        return await self.ask(Prompt, "GET", "/contacts/{}/prompt", contact_id)

    async def find_warm_paths(self, contact_id: UUID, *, limit: int | None = None) -> Page[WarmPath]:
        """The best chains of relationships from people we are in touch with to this contact, best first.

        Needs `graph:read`.
        """
        return await self.ask(Page[WarmPath], "GET", "/contacts/{}/paths", contact_id, query={"limit": limit})

    async def get_counts(self) -> CountsShown:
        """How much there is of what one works with, in one round trip.

        Up to 10,000 of each are counted; of more accounts an estimate is told, of the rest that there are at least so many.

        Needs `graph:read`.
        """
        return await self.ask(CountsShown, "GET", "/counts")

    async def get_engagement(
        self,
        *,
        by: Literal["day", "week", "month"] | None = None,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> EngagementEngagement:
        """Touches by the day, week or month in which they left, and what came of them until now.

        What anybody did, machines among them, stands beside what people did (`human_*`). Each touch counts once in each column.

        Needs `campaigns:read`.
        """
        return await self.ask(
            EngagementEngagement,
            "GET",
            "/analytics/engagement",
            query={
                "by": by,
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def get_engagement_groups(
        self,
        *,
        by: Literal["channel", "campaign", "step", "variant", "tier", "industry", "sender"],
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> Page[Group]:
        """The touches of a period group by group, the largest first: counts, and rates in percent with their 95 % intervals.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[Group],
            "GET",
            "/analytics/groups",
            query={
                "by": by,
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def get_account_funnel(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> AccountFunnel:
        """How far the touches of a period brought the accounts: known, contacted, engaged (a person acted), replied, met, won.

        Needs `campaigns:read`.
        """
        return await self.ask(
            AccountFunnel,
            "GET",
            "/analytics/funnel",
            query={
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def list_funnel_accounts(
        self,
        stage: Literal["account", "contacted", "engaged", "replied", "meeting", "won"],
        *,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
        only_stopped: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[FunnelAccount]:
        """The accounts behind a number of the funnel, by name.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[FunnelAccount],
            "GET",
            "/analytics/funnel/{}",
            stage,
            query={
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
                "only_stopped": only_stopped,
                "limit": limit,
                "after": after,
            },
        )

    async def get_reply_times(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> ReplyTimes:
        """How long people took to answer: a histogram, median and ninth decile with their intervals, and what is not known yet.

        Needs `campaigns:read`.
        """
        return await self.ask(
            ReplyTimes,
            "GET",
            "/analytics/reply-times",
            query={
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def get_deliverability(
        self,
        *,
        by: list[Literal["sender", "domain", "week"]] | None = None,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> Page[DeliverabilityLine]:
        """What became of messages on their way: bounces, complaints, unsubscribes, with rates and their intervals; at most 5,000 lines.

        E-mail, where no other `channel` is asked for.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[DeliverabilityLine],
            "GET",
            "/analytics/deliverability",
            query={
                "by": by,
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def get_best_hours(
        self,
        *,
        what: Literal["open", "reply"] | None = None,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> Hours:
        """How often people open or answer what left in each hour of the week, in their own zone; with as much certainty as there is.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Hours,
            "GET",
            "/analytics/hours",
            query={
                "what": what,
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def compare_campaign_variants(
        self,
        campaign: str,
        *,
        goal: Literal["reply", "open", "click", "meeting"] | None = None,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
    ) -> Page[ComparedStep]:
        """The variants of each step of a campaign, and whether they can be told apart.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[ComparedStep],
            "GET",
            "/analytics/variants/{}",
            campaign,
            query={
                "goal": goal,
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
            },
        )

    async def get_health_series(
        self, *, company_id: list[UUID], until: date | None = None, zone: str | None = None, days: int | None = None
    ) -> Page[Series]:
        """The health scores of some accounts by day, an entry each in the order they are named; who is not there has none.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Series], "GET", "/analytics/health/series", query={"company_id": company_id, "until": until, "zone": zone, "days": days}
        )

    async def get_health_distribution(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
    ) -> Page[Distribution]:
        """How all accounts stood, day by day, as far as days were taken.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[Distribution],
            "GET",
            "/analytics/health/distribution",
            query={"since": since, "until": until, "zone": zone, "tier": tier, "industry": industry},
        )

    async def get_health_movers(
        self,
        *,
        until: date | None = None,
        zone: str | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        days: int | None = None,
        limit: int | None = None,
    ) -> Movers:
        """The accounts whose health rose and fell most, and which part of it moved.

        Needs `graph:read`.
        """
        return await self.ask(
            Movers,
            "GET",
            "/analytics/health/movers",
            query={"until": until, "zone": zone, "tier": tier, "industry": industry, "days": days, "limit": limit},
        )

    def export_analytics(
        self,
        table: Literal[
            "days",
            "weeks",
            "months",
            "channels",
            "campaigns",
            "steps",
            "variants",
            "tiers",
            "industries",
            "senders",
            "funnel",
            "deliverability",
            "hours",
        ],
        *,
        since: date | None = None,
        until: date | None = None,
        zone: str | None = None,
        channel: Channel | None = None,
        tier: AccountTier | None = None,
        industry: str | None = None,
        sender_id: UUID | None = None,
        campaign: str | None = None,
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """An answer as CSV, for a spreadsheet: no text in it can be a formula.

        `deliverability` is by sender, domain and week; `hours` is of replies.

        Needs `campaigns:read`.
        """
        return self.download(
            "GET",
            "/analytics/files/{}",
            table,
            query={
                "since": since,
                "until": until,
                "zone": zone,
                "channel": channel,
                "tier": tier,
                "industry": industry,
                "sender_id": sender_id,
                "campaign": campaign,
            },
        )

    async def search_all(
        self,
        *,
        q: str,
        kinds: list[Literal["company", "contact", "campaign", "task", "conversation", "touchpoint", "template", "mailbox"]] | None = None,
        limit: int | None = None,
    ) -> Page[Found]:
        """Accounts, people, campaigns, work and what was written: what fits best, as one types.

        What one may not see is not found.

        Needs `graph:read`.
        """
        return await self.ask(Page[Found], "GET", "/search", query={"q": q, "kinds": kinds, "limit": limit})

    async def list_duplicates(
        self, entity: Literal["contacts", "companies"], *, limit: int | None = None, after: str | None = None
    ) -> Page[Duplicates]:
        """Rows that may be the same, with the reason.

        Needs `graph:read`.
        """
        return await self.ask(Page[Duplicates], "GET", "/duplicates/{}", entity, query={"limit": limit, "after": after})

    async def preview_merge_of_contacts(self, body: MergeWanted, *, idempotency_key: str | None = None) -> MergePreview:
        """What merging two contacts would do: what moves, which value wins, what the strictest rule decides, what stands in the way.

        Needs `graph:read`.
        """
        return await self.ask(MergePreview, "POST", "/contacts/merge/preview", body=body, idempotency_key=idempotency_key)

    async def merge_two_contacts(self, body: MergeWanted, *, idempotency_key: str | None = None) -> Merge:
        """Merge two contacts; whoever could not be written to cannot be written to after it either.

        Needs `graph:merge`.
        """
        return await self.ask(Merge, "POST", "/contacts/merge", body=body, idempotency_key=idempotency_key)

    async def preview_merge_of_companies(self, body: MergeWanted, *, idempotency_key: str | None = None) -> MergePreview:
        """What merging two companies would do.

        Needs `graph:read`.
        """
        return await self.ask(MergePreview, "POST", "/companies/merge/preview", body=body, idempotency_key=idempotency_key)

    async def merge_two_companies(self, body: MergeWanted, *, idempotency_key: str | None = None) -> Merge:
        """Merge two companies, with their people, domains and all that belongs to them.

        Needs `graph:merge`.
        """
        return await self.ask(Merge, "POST", "/companies/merge", body=body, idempotency_key=idempotency_key)

    async def list_all_merges(
        self,
        *,
        entity: Literal["contacts", "companies"] | None = None,
        row_id: UUID | None = None,
        limit: int | None = None,
        after: UUID | None = None,
    ) -> Page[Merge]:
        """What was merged, the latest first.

        Needs `graph:read`.
        """
        return await self.ask(Page[Merge], "GET", "/merges", query={"entity": entity, "row_id": row_id, "limit": limit, "after": after})

    async def get_one_merge(self, merge_id: UUID) -> Merge:
        """One merge.

        Needs `graph:read`.
        """
        return await self.ask(Merge, "GET", "/merges/{}", merge_id)

    async def undo_merge(self, merge_id: UUID, *, idempotency_key: str | None = None) -> Unmerged:
        """Make two of one again, as far as nothing later stands against it.

        Needs `graph:merge`.
        """
        return await self.ask(Unmerged, "POST", "/merges/{}/undo", merge_id, idempotency_key=idempotency_key)

    async def export_of_person(self, body: WhomGiven, *, idempotency_key: str | None = None) -> PersonExport:
        """All that is known of a person, table by table; also where there is only an address that is suppressed.

        Needs `privacy:export`.
        """
        return await self.ask(PersonExport, "POST", "/privacy/export", body=body, idempotency_key=idempotency_key)

    async def erase_one(self, body: WhomGiven, *, idempotency_key: str | None = None) -> ErasureReport:
        """Erase a person. It cannot be undone.

        What was done is still counted, of nobody; the hash of their address stays suppressed, so that nobody writes to them again.

        Needs `privacy:erase`.
        """
        return await self.ask(ErasureReport, "POST", "/privacy/erase", body=body, idempotency_key=idempotency_key)

    async def list_retention(self) -> Page[RetentionRule]:
        """How many days each kind is kept.

        Needs `settings:read`.
        """
        return await self.ask(Page[RetentionRule], "GET", "/privacy/retention")

    async def change_retention(self, kind: str, body: Days, *, idempotency_key: str | None = None) -> RetentionRule:
        """Keep a kind for so many days.

        Needs `settings:write`.
        """
        return await self.ask(RetentionRule, "PUT", "/privacy/retention/{}", kind, body=body, idempotency_key=idempotency_key)

    async def apply_retention_now(self, body: Apply, *, idempotency_key: str | None = None) -> Page[Retained]:
        """Let go of what is too old, or count it; the worker does so every night.

        Needs `settings:write`.
        """
        return await self.ask(Page[Retained], "POST", "/privacy/retention/apply", body=body, idempotency_key=idempotency_key)

    async def list_changes(
        self,
        *,
        actor: str | None = None,
        actor_kind: Literal["user", "key", "agent", "command", "worker"] | None = None,
        table: str | None = None,
        row_id: str | None = None,
        company_id: UUID | None = None,
        contact_id: UUID | None = None,
        transaction: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Page[LogChange]:
        """Who changed what, the latest first.

        `actor_kind` goes with another filter.

        Needs `audit:read`.
        """
        return await self.ask(
            Page[LogChange],
            "GET",
            "/audit",
            query={
                "actor": actor,
                "actor_kind": actor_kind,
                "table": table,
                "row_id": row_id,
                "company_id": company_id,
                "contact_id": contact_id,
                "transaction": transaction,
                "since": since,
                "until": until,
                "limit": limit,
                "after": after,
            },
        )

    async def get_change(self, change_id: int) -> LogChange:
        """One change, with what stood there before and after.

        Needs `audit:read`.
        """
        return await self.ask(LogChange, "GET", "/audit/{}", change_id)

    async def get_row_history(self, table: str, row_id: str, *, limit: int | None = None, after: str | None = None) -> Page[LogChange]:
        """What became of one row, from its beginning.

        Needs `audit:read`.
        """
        return await self.ask(Page[LogChange], "GET", "/audit/rows/{}/{}", table, row_id, query={"limit": limit, "after": after})

    async def undo(self, body: Undo, *, idempotency_key: str | None = None) -> UndoReport:
        """Take changes back: all of them, or none where a later change stands in the way.

        It is logged itself, and can be taken back in turn. A message that has left stays sent.

        Needs `settings:write`.
        """
        return await self.ask(UndoReport, "POST", "/audit/undo", body=body, idempotency_key=idempotency_key)

    async def undo_mine(self, body: Undo, *, idempotency_key: str | None = None) -> UndoReport:
        """Take back changes of one's own; an agent has its tool `undo` for that.

        Needs `graph:merge`.
        """
        return await self.ask(UndoReport, "POST", "/audit/undo-mine", body=body, idempotency_key=idempotency_key)

    async def undo_my_last(self, *, idempotency_key: str | None = None) -> UndoReport:
        """Take back your own last change, with all that was changed together with it.

        What you took back before is passed over: sent again, it takes back the change before that.

        Needs `graph:merge`.
        """
        return await self.ask(UndoReport, "POST", "/audit/undo-last", idempotency_key=idempotency_key)

    async def list_webhook_kinds(self) -> Page[KindTold]:
        """What endpoints can be told of, with an example of each.

        Needs `webhooks:read`.
        """
        return await self.ask(Page[KindTold], "GET", "/webhooks/kinds")

    async def list_webhook_endpoints(self) -> Page[Endpoint]:
        """The systems that want to hear, without their secrets.

        Needs `webhooks:read`.
        """
        return await self.ask(Page[Endpoint], "GET", "/webhooks/endpoints")

    async def create_webhook_endpoint(self, body: NewEndpoint, *, idempotency_key: str | None = None) -> CreatedEndpoint:
        """Add an endpoint; its signing secret is shown this once.

        Needs `webhooks:write`.
        """
        return await self.ask(CreatedEndpoint, "POST", "/webhooks/endpoints", body=body, idempotency_key=idempotency_key)

    async def get_webhook_endpoint(self, endpoint_id: UUID) -> Endpoint:
        """One endpoint, and how it fares.

        Needs `webhooks:read`.
        """
        return await self.ask(Endpoint, "GET", "/webhooks/endpoints/{}", endpoint_id)

    async def update_webhook_endpoint(self, endpoint_id: UUID, body: EndpointChanges, *, idempotency_key: str | None = None) -> Endpoint:
        """Change an endpoint, pause it or resume it.

        Needs `webhooks:write`.
        """
        return await self.ask(Endpoint, "PATCH", "/webhooks/endpoints/{}", endpoint_id, body=body, idempotency_key=idempotency_key)

    async def delete_webhook_endpoint(self, endpoint_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Remove an endpoint, and what waited for it.

        Needs `webhooks:write`.
        """
        await self.do("DELETE", "/webhooks/endpoints/{}", endpoint_id, idempotency_key=idempotency_key)

    async def rotate_webhook_secret(self, endpoint_id: UUID, body: Overlap, *, idempotency_key: str | None = None) -> NewSecret:
        """A new signing secret, shown this once; for a while both sign.

        Needs `webhooks:write`.
        """
        return await self.ask(NewSecret, "POST", "/webhooks/endpoints/{}/rotate", endpoint_id, body=body, idempotency_key=idempotency_key)

    async def test_webhook_endpoint(self, endpoint_id: UUID, body: TrialGiven, *, idempotency_key: str | None = None) -> DeliveryDetail:
        """Send an example now, and see what comes back.

        Needs `webhooks:write`.
        """
        return await self.ask(
            DeliveryDetail, "POST", "/webhooks/endpoints/{}/test", endpoint_id, body=body, idempotency_key=idempotency_key
        )

    async def replay_webhook_deliveries(self, endpoint_id: UUID, body: PeriodGiven, *, idempotency_key: str | None = None) -> Replayed:
        """Send what happened in a period again.

        Needs `webhooks:write`.
        """
        return await self.ask(Replayed, "POST", "/webhooks/endpoints/{}/replay", endpoint_id, body=body, idempotency_key=idempotency_key)

    async def list_webhook_deliveries(
        self,
        *,
        endpoint_id: UUID | None = None,
        state: Literal["pending", "delivered", "failed"] | None = None,
        kind: Literal[
            "account.created",
            "account.changed",
            "account.deleted",
            "contact.created",
            "contact.changed",
            "contact.deleted",
            "contact.unsubscribed",
            "contact.suppressed",
            "contact.complained",
            "contact.left",
            "message.sent",
            "message.delivered",
            "message.opened",
            "message.clicked",
            "message.bounced",
            "message.failed",
            "message.unknown",
            "message.received",
            "reply.received",
            "call.answered",
            "meeting.booked",
            "meeting.held",
            "meeting.missed",
            "conversation.changed",
            "enrolment.started",
            "enrolment.paused",
            "enrolment.finished",
            "enrolment.failed",
            "approval.needed",
            "approval.decided",
            "task.created",
            "task.closed",
            "campaign.started",
            "campaign.paused",
            "campaign.finished",
            "campaign.cancelled",
            "hold.set",
            "hold.lifted",
            "deal.opened",
            "deal.won",
            "deal.lost",
            "webhook.test",
        ]
        | None = None,
        limit: int | None = None,
        after: int | None = None,
    ) -> Page[Delivery]:
        """What was told to whom, the latest first.

        Needs `webhooks:read`.
        """
        return await self.ask(
            Page[Delivery],
            "GET",
            "/webhooks/deliveries",
            query={"endpoint_id": endpoint_id, "state": state, "kind": kind, "limit": limit, "after": after},
        )

    async def get_webhook_delivery(self, delivery_id: int) -> DeliveryDetail:
        """One delivery: what it says, and every try.

        Needs `webhooks:read`.
        """
        return await self.ask(DeliveryDetail, "GET", "/webhooks/deliveries/{}", delivery_id)

    async def resend_webhook_delivery(self, delivery_id: int, *, idempotency_key: str | None = None) -> Delivery:
        """Send one delivery again, under the same id.

        Needs `webhooks:write`.
        """
        return await self.ask(Delivery, "POST", "/webhooks/deliveries/{}/resend", delivery_id, idempotency_key=idempotency_key)

    async def list_needs(self) -> Page[Need]:
        """What needs a person now, the oldest first.

        Needs `settings:read`.
        """
        return await self.ask(Page[Need], "GET", "/notices/needs")

    async def list_notice_channels(self) -> Page[NoticeChannel]:
        """Who is told, how and when.

        Needs `settings:read`.
        """
        return await self.ask(Page[NoticeChannel], "GET", "/notices/channels")

    async def create_notice_channel(self, body: NewChannel, *, idempotency_key: str | None = None) -> CreatedChannel:
        """Add a channel: mails, a webhook, or Slack; a webhook's signing secret is shown this once.

        Needs `settings:write`.
        """
        return await self.ask(CreatedChannel, "POST", "/notices/channels", body=body, idempotency_key=idempotency_key)

    async def get_notice_channel(self, channel_id: UUID) -> NoticeChannel:
        """One channel, and how it fares.

        Needs `settings:read`.
        """
        return await self.ask(NoticeChannel, "GET", "/notices/channels/{}", channel_id)

    async def update_notice_channel(self, channel_id: UUID, body: ChannelChanges, *, idempotency_key: str | None = None) -> NoticeChannel:
        """Change a channel; its `way` stays.

        Needs `settings:write`.
        """
        return await self.ask(NoticeChannel, "PATCH", "/notices/channels/{}", channel_id, body=body, idempotency_key=idempotency_key)

    async def delete_notice_channel(self, channel_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Tell nobody by this channel any more.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/notices/channels/{}", channel_id, idempotency_key=idempotency_key)

    async def preview_notice(self, channel_id: UUID) -> Page[Need]:
        """What this channel would be told of at its next time.

        Needs `settings:read`.
        """
        return await self.ask(Page[Need], "GET", "/notices/channels/{}/preview", channel_id)

    async def test_notice_channel(self, channel_id: UUID, *, idempotency_key: str | None = None) -> NoticeTrial:
        """Tell it a made-up thing now, and say whether it was taken.

        Needs `settings:write`.
        """
        return await self.ask(NoticeTrial, "POST", "/notices/channels/{}/test", channel_id, idempotency_key=idempotency_key)

    async def list_all_agents(self) -> Page[Agent]:
        """The agents by name, with what they have used of today.

        Needs `settings:read`.
        """
        return await self.ask(Page[Agent], "GET", "/agents")

    async def add_an_agent(self, body: NewAgent, *, idempotency_key: str | None = None) -> AgentsAdded:
        """Add an agent; a key of the role `agent` that names it lets it in.

        Needs `settings:write`.
        """
        return await self.ask(AgentsAdded, "POST", "/agents", body=body, idempotency_key=idempotency_key)

    async def list_agent_messages(
        self, *, agent: str | None = None, open_only: bool | None = None, limit: int | None = None, after: str | None = None
    ) -> Page[AgentMessage]:
        """What agents asked to be sent, the newest first.

        Needs `campaigns:read`.
        """
        return await self.ask(
            Page[AgentMessage], "GET", "/agents/messages", query={"agent": agent, "open_only": open_only, "limit": limit, "after": after}
        )

    async def list_agent_channels(self) -> Page[AgentChannel]:
        """The channels that agents have; dry runs until a person starts them live.

        Needs `settings:read`.
        """
        return await self.ask(Page[AgentChannel], "GET", "/agents/channels")

    async def get_one_agent(self, name: str) -> Agent:
        """One agent.

        Needs `settings:read`.
        """
        return await self.ask(Agent, "GET", "/agents/{}", name)

    async def update_one_agent(self, name: str, body: AgentChanges, *, idempotency_key: str | None = None) -> Agent:
        """Change an agent's budget, pause it or let it go on.

        Needs `settings:write`.
        """
        return await self.ask(Agent, "PATCH", "/agents/{}", name, body=body, idempotency_key=idempotency_key)

    async def remove_one_agent(self, name: str, *, idempotency_key: str | None = None) -> None:
        """An agent works no more; what it asked for stays.

        Needs `settings:write`.
        """
        await self.do("DELETE", "/agents/{}", name, idempotency_key=idempotency_key)

    async def begin_session(self, body: Login) -> LoggedIn:
        """Log in; the session's cookie is set.

        Whether the address or the password is wrong is not told. Too many tries have to wait.
        """
        return await self.ask(LoggedIn, "POST", "/session", body=body)

    async def get_session(self) -> CurrentSession:
        """Whose session this is, and their workspaces."""
        return await self.ask(CurrentSession, "GET", "/session")

    async def log_out(self) -> None:
        """Log out; the cookie is taken away."""
        await self.do("DELETE", "/session")

    async def list_my_sessions(self) -> Page[KnownSession]:
        """Where I am logged in, the session used last first."""
        return await self.ask(Page[KnownSession], "GET", "/sessions")

    async def end_my_session(self, session_id: UUID) -> None:
        """End one of my sessions, from anywhere."""
        await self.do("DELETE", "/sessions/{}", session_id)

    async def change_my_password(self, body: NewPassword) -> None:
        """Give myself another password; my other sessions end."""
        await self.do("PUT", "/session/password", body=body)

    async def ask_for_another_password(self, body: Forgotten) -> Asked:
        """I forgot my password: where there is such a user, a mail with a link is on its way.

        The answer is the same whether there is one or not. 404 where the server sends no mails: then whoever runs it makes the link.
        """
        return await self.ask(Asked, "POST", "/password-resets/ask", body=body)

    async def reset_my_password(self, body: ResetBy) -> None:
        """Set another password by the link of a mail, or that `accountgraph user password EMAIL --link` made; all sessions end."""
        await self.do("POST", "/password-resets", body=body)

    async def look_at_my_invitation(self, body: AcceptanceGiven) -> InvitationShown:
        """What an invitation says, for who has its link."""
        return await self.ask(InvitationShown, "POST", "/invitations/look", body=body)

    async def accept_my_invitation(self, body: AcceptanceGiven) -> Accepted:
        """Come in by an invitation; log in after it."""
        return await self.ask(Accepted, "POST", "/invitations/accept", body=body)

    def begin_single_sign_on(self, *, return_to: str | None = None) -> AbstractAsyncContextManager[httpx.Response]:
        """Log in at the identity provider: the browser is sent there, and comes back within ten minutes.

        404 where the server has no provider, 502 where it does not answer as it should.
        """
        return self.download("GET", "/session/oidc", query={"return_to": return_to})

    async def link_single_sign_on(self, *, return_to: str | None = None) -> LinkBegun:
        """Let myself in by the identity provider from now on; send the browser to the `url` of the answer.

        It is for who is logged in already, and asks for the session's token, so that no other site can begin it.
        """
        return await self.ask(LinkBegun, "POST", "/session/oidc/link", query={"return_to": return_to})

    def finish_single_sign_on(
        self, *, state: str | None = None, code: str | None = None, iss: str | None = None, error: str | None = None
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """The identity provider sends the browser back here; its session begins, and it goes where it wanted to.

        401 where nobody here is known by that login, or it began in another browser, took too long, or was used before.
        """
        return self.download("GET", "/session/oidc/callback", query={"state": state, "code": code, "iss": iss, "error": error})

    async def list_workspace_members(self) -> Page[Member]:
        """Who is in this workspace, and as what.

        Needs `members:read`.
        """
        return await self.ask(Page[Member], "GET", "/members")

    async def change_member_role(self, user_id: UUID, body: NewRole, *, idempotency_key: str | None = None) -> Member:
        """Make a member something else; nobody gives more than they have, and the last owner stays one.

        Needs `members:write`.
        """
        return await self.ask(Member, "PATCH", "/members/{}", user_id, body=body, idempotency_key=idempotency_key)

    async def remove_workspace_member(self, user_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Take somebody out of this workspace; they stay a user.

        Needs `members:write`.
        """
        await self.do("DELETE", "/members/{}", user_id, idempotency_key=idempotency_key)

    async def list_workspace_invitations(self) -> Page[Invitation]:
        """Who was invited and has not come yet, the newest first.

        Needs `members:read`.
        """
        return await self.ask(Page[Invitation], "GET", "/invitations")

    async def invite_member(self, body: NewInvitee, *, idempotency_key: str | None = None) -> Invited:
        """Invite somebody; the link is mailed to them, or shown this once where the server sends no mails.

        It works once, within a week; an earlier invitation of the address works no more.

        Needs `members:write`.
        """
        return await self.ask(Invited, "POST", "/invitations", body=body, idempotency_key=idempotency_key)

    async def revoke_workspace_invitation(self, invitation_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Take an invitation back.

        Needs `members:write`.
        """
        await self.do("DELETE", "/invitations/{}", invitation_id, idempotency_key=idempotency_key)

    async def list_access_log(
        self, *, user_id: UUID | None = None, limit: int | None = None, after: int | None = None
    ) -> Page[AccessEntry]:
        """Who entered, who was refused, who gave which rights to whom; the newest first.

        Needs `audit:read`.
        """
        return await self.ask(Page[AccessEntry], "GET", "/access-log", query={"user_id": user_id, "limit": limit, "after": after})

    async def list_workspace_keys(self, *, with_revoked: bool | None = None) -> Page[KeysKey]:
        """The keys of this workspace, the newest first, without what opens anything.

        Needs `keys:write`.
        """
        return await self.ask(Page[KeysKey], "GET", "/keys", query={"with_revoked": with_revoked})

    async def make_key(self, body: NewKeyWanted, *, idempotency_key: str | None = None) -> KeyMade:
        """Make a key; its token is shown this once. Nobody gives more than they have.

        Needs `keys:write`.
        """
        return await self.ask(KeyMade, "POST", "/keys", body=body, idempotency_key=idempotency_key)

    async def revoke_workspace_key(self, key_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Let a key open nothing any more; other servers go on for ten seconds at most.

        Needs `keys:write`.
        """
        await self.do("DELETE", "/keys/{}", key_id, idempotency_key=idempotency_key)

    async def rotate_workspace_key(self, key_id: UUID, body: Rotation, *, idempotency_key: str | None = None) -> KeyMade:
        """Put a new key of the same rights in the place of one; its token is shown this once.

        Needs `keys:write`.
        """
        return await self.ask(KeyMade, "POST", "/keys/{}/rotate", key_id, body=body, idempotency_key=idempotency_key)

    async def get_me(self) -> Asker:
        """Who I am here, and what I may do."""
        return await self.ask(Asker, "GET", "/me")

    def get_metrics(self) -> AbstractAsyncContextManager[httpx.Response]:
        """What is counted of requests, in the text format of Prometheus.

        Give Prometheus a key of its own, of the role viewer and with `settings:read` alone.

        Needs `settings:read`.
        """
        return self.download("GET", "/metrics")

    async def create_import(self, form: dict[str, str | tuple[str, bytes]], *, idempotency_key: str | None = None) -> ImportRun:
        """Upload a file and have it imported.

        The answer comes once the file is here as a whole; it is imported in the background, under your name, and goes on where a server
        is stopped. `dry_run=true` does everything, reports, and undoes it. A file that is imported twice changes nothing the second time.
        Compressed files are refused: unpack them first.

        Needs `imports:write`.
        """
        return await self.ask(ImportRun, "POST", "/imports", form=form, idempotency_key=idempotency_key)

    async def preview_an_import(self, form: dict[str, str | tuple[str, bytes]], *, idempotency_key: str | None = None) -> ImportPreview:
        """What would come of a file: how it is written, what its columns become, what would become of its first rows.

        Nothing is written. The file may be sent as a whole or only its beginning.

        Needs `imports:write`.
        """
        return await self.ask(ImportPreview, "POST", "/imports/preview", form=form, idempotency_key=idempotency_key)

    async def get_imports(
        self,
        *,
        state: Literal["uploading", "pending", "running", "done", "failed", "cancelled"] | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> Page[ImportRun]:
        """Imports, the latest first.

        Needs `imports:write`.
        """
        return await self.ask(Page[ImportRun], "GET", "/imports", query={"state": state, "after": after, "limit": limit})

    async def get_an_import(self, import_id: UUID) -> ImportRun:
        """One import: how far it is, and what became of it.

        Needs `imports:write`.
        """
        return await self.ask(ImportRun, "GET", "/imports/{}", import_id)

    def watch_import(self, import_id: UUID) -> AbstractAsyncContextManager[httpx.Response]:
        """How far an import is, as it goes on: server-sent events `progress`, and `finished` as the last.

        Each has the import as its data. `Last-Event-ID` goes on where a stream broke off; who has seen the last is answered 204.

        Needs `imports:write`.
        """
        return self.download("GET", "/imports/{}/progress", import_id)

    def get_rejects(self, import_id: UUID) -> AbstractAsyncContextManager[httpx.Response]:
        """The rows that were not imported, as a CSV file: line, field and reason, then their own cells.

        Corrected, it can be imported again. It is there once the import is over, and empty where no row was rejected.

        Needs `imports:write`.
        """
        return self.download("GET", "/imports/{}/rejects", import_id)

    async def cancel_an_import(self, import_id: UUID, *, idempotency_key: str | None = None) -> ImportRun:
        """End an import: at once where it waits, within seconds where it runs. Rows that are in stay.

        Needs `imports:write`.
        """
        return await self.ask(ImportRun, "POST", "/imports/{}/cancel", import_id, idempotency_key=idempotency_key)

    async def delete_an_import(self, import_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Forget an import that is over, with its rejected rows. What it imported stays.

        Needs `imports:write`.
        """
        await self.do("DELETE", "/imports/{}", import_id, idempotency_key=idempotency_key)

    def export_entity(
        self,
        entity: Literal["companies", "contacts", "relationships", "conversations", "touchpoints"],
        *,
        format: Literal["csv", "jsonl"] | None = None,
        spreadsheet: bool | None = None,
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """All rows of an entity as a file that an import reads, by id and as of one moment.

        Cells are written as they are, so that an import brings back the same. A file for a spreadsheet is another one: ask for it by
        `spreadsheet=true`, and texts that would be formulas begin with an apostrophe.

        Needs `exports:read`.
        """
        return self.download("GET", "/exports/{}", entity, query={"format": format, "spreadsheet": spreadsheet})

    def watch_changes(self, *, kinds: list[str] | None = None) -> AbstractAsyncContextManager[httpx.Response]:
        """What happens in the workspace, as it is committed: server-sent events.

        Each names what it is about by ids alone. Tasks, approvals and imports are told to those who may see them. `Last-Event-ID` goes
        on where a stream broke off, and nothing is left out; without it, the stream begins with what comes. `reset`: too much happened
        meanwhile, read anew what you show. A stream ends after a quarter of an hour at most; come again with its last id.

        Needs `graph:read`.
        """
        return self.download("GET", "/changes", query={"kinds": kinds})
