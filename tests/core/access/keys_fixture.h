// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_keeper.h"
#include "journal/memory_journal.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <memory>

namespace carma::test {

inline NewKey keyFor(std::string owner, KeyPermission permission = KeyPermission::ReadWrite)
{
    NewKey key;
    key.owner = std::move(owner);
    key.permission = permission;
    return key;
}

inline std::string textOf(const IssuedKey& issued) { return toString(issued.text.view()); }

/// Keys over a journal in memory; verbs for what tests do with them.
class KeysFixture {
public:
    KeysFixture() { restart(); }

    /// The program ends without a word and begins anew; some seconds pass, so that bursts are there again.
    void restart(bool readOnly = false)
    {
        keeper = std::make_unique<access::KeyKeeper>(
            journal, wrapping, SecretBytes(asBytes("the directory key of this test..")), readOnly, upkeep);
        clock.advance(10'000'000);
    }
    std::string made(const NewKey& key)
    {
        auto issued = keeper->create(key);
        if (!issued.has_value()) {
            return "<" + issued.error().message + ">";
        }
        lastId = toString(issued->info.id);
        return textOf(*issued);
    }
    KeyRefusal refusalOf(std::string_view text, const KeyUse& use = {})
    {
        const auto verdict = keeper->check(text, use);
        CARMA_ASSERT(verdict.has_value());
        return verdict->refusal;
    }
    bool accepts(std::string_view text, const KeyUse& use = {}) { return refusalOf(text, use) == KeyRefusal::None; }
    [[nodiscard]] journal::AuditNote lastNote() const
    {
        const auto notes = journal.notes();
        return notes.empty() ? journal::AuditNote{} : notes.back();
    }

    access::KeyKeeper::Upkeep upkeep;
    ManualClock clock;
    SeededRandom random{7};
    crypto::AeadKey wrapping{Bytes(crypto::kKeyBytes, std::byte{3})};
    journal::MemoryJournal journal{clock, random};
    std::unique_ptr<access::KeyKeeper> keeper;
    std::string lastId;
};

} // namespace carma::test
