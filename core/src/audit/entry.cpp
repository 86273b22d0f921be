// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/audit.h>

namespace carma {

std::string_view name(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Done: return "done";
    case AuditOutcome::Refused: return "refused";
    case AuditOutcome::Failed: return "failed";
    }
    return "unknown";
}

std::string_view name(AuditClass kind)
{
    switch (kind) {
    case AuditClass::Change: return "change";
    case AuditClass::Access: return "access";
    case AuditClass::Security: return "security";
    }
    return "unknown";
}

std::string_view name(AuditState state)
{
    switch (state) {
    case AuditState::Whole: return "whole";
    case AuditState::Erased: return "erased";
    case AuditState::Purged: return "purged";
    case AuditState::Lost: return "lost";
    }
    return "unknown";
}

bool matches(const AuditFilter& filter, const AuditEntry& entry)
{
    const auto holds = [](const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; };
    const bool inTime = entry.timeUs >= filter.fromUs && entry.timeUs < filter.toUs && entry.sequence >= filter.from;
    const bool ofAction = !filter.action || entry.action == *filter.action || entry.action.starts_with(*filter.action + ".");
    const bool ofActor = !filter.actor || holds(entry.actor, *filter.actor);
    const bool ofObject = !filter.object || holds(entry.object, *filter.object) || holds(entry.subject, *filter.object) ||
        holds(entry.detail, *filter.object);
    const bool ofOutcome = !filter.outcome || entry.outcome == *filter.outcome;
    const bool ofSpace = !filter.spaceId || entry.spaceId == *filter.spaceId;
    return inTime && ofAction && ofActor && ofObject && ofOutcome && ofSpace;
}

} // namespace carma
