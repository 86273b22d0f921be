// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/store_fixture.h"
#include "store/store_impl.h"

#include <algorithm>
#include <map>

namespace carma::test {

inline store::StoreCore& coreOf(Store& store) { return static_cast<store::StoreImpl&>(store).core(); }

inline NewMemory memoryOf(std::string text, std::string title = {})
{
    NewMemory memory;
    memory.text = std::move(text);
    memory.title = std::move(title);
    return memory;
}

inline QueryOptions queryOf(std::string space)
{
    QueryOptions options;
    options.space = std::move(space);
    return options;
}

inline Result<std::vector<AuditEntry>> entriesOf(Store& store, const AuditFilter& filter = {})
{
    std::vector<AuditEntry> entries;
    CARMA_TRY(store.audit().list(filter, [&](const AuditEntry& entry) -> Result<bool> {
        entries.push_back(entry);
        return true;
    }));
    return entries;
}

/// The actions of all entries, in order.
inline Result<std::vector<std::string>> actionsOf(Store& store)
{
    CARMA_TRY_ASSIGN(const auto entries, entriesOf(store));
    std::vector<std::string> actions;
    for (const AuditEntry& entry : entries) {
        actions.push_back(entry.action);
    }
    return actions;
}

inline std::size_t countOf(const std::vector<std::string>& actions, std::string_view action)
{
    return static_cast<std::size_t>(std::ranges::count(actions, action));
}

/// Whether a piece of 24 bytes of `needle` is somewhere in `bytes`.
inline bool holdsPieceOf(ByteView bytes, ByteView needle)
{
    constexpr std::size_t kPiece = 24;
    for (std::size_t at = 0; at + kPiece <= needle.size(); at += kPiece) {
        const ByteView piece = needle.subspan(at, kPiece);
        if (asText(bytes).find(asText(piece)) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

/// Empty, or which record says these words.
inline std::string recordsThatTell(Store& store, std::string_view words)
{
    log::Log& log = *coreOf(store).log;
    std::string found;
    for (Sequence sequence = 0; sequence < log.end(); ++sequence) {
        const auto record = log.read(sequence);
        if (record.has_value() && asText(record->body).find(words) != std::string_view::npos) {
            found += std::to_string(sequence) + " of type " + std::to_string(static_cast<int>(record->header.type)) + "; ";
        }
    }
    return found;
}

} // namespace carma::test
