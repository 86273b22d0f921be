// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_book.h"
#include "access/key_maker.h"
#include "journal/journal.h"

#include <mutex>
#include <set>

namespace carma::access {

/// The keys of a store over its journal. Events are read when they are first needed and kept in memory.
class KeyKeeper final : public Keys {
public:
    /// When records of keys are compacted by themselves: there are more events than `eventsMin`, and more than so many times those that
    /// would stay. Closing has time; a check in between waits for it, so that takes more.
    struct Upkeep {
        std::uint64_t eventsMin = 4'096;
        std::uint64_t timesAtClose = 2, timesAtWork = 8;
    };
    /// `wrapping` opens the pepper and must outlive this; `directory` is the key of the owners' pseudonyms.
    KeyKeeper(journal::Journal& journal, const crypto::AeadKey& wrapping, SecretBytes directory, bool readOnly, const Upkeep& upkeep);
    KeyKeeper(journal::Journal& journal, const crypto::AeadKey& wrapping, SecretBytes directory, bool readOnly)
        : KeyKeeper(journal, wrapping, std::move(directory), readOnly, Upkeep())
    {
    }

    Result<IssuedKey> create(const NewKey& key) override;
    Result<std::vector<IssuedKey>> createAll(std::span<const NewKey> keys) override;
    Result<void> list(const std::function<bool(const KeyInfo&)>& visit) override;
    Result<KeyInfo> show(std::string_view id) override;
    Result<std::vector<KeyInfo>> find(std::uint64_t fingerprint) override;
    Result<KeyVerdict> check(std::string_view text, const KeyUse& use) override;
    Result<IssuedKey> rotate(std::string_view id, std::int64_t graceUs, std::string_view reason) override;
    Result<KeyInfo> revoke(std::string_view id, std::string_view reason) override;
    Result<KeyInfo> suspend(std::string_view id, std::string_view reason) override;
    Result<KeyInfo> resume(std::string_view id) override;
    Result<KeyInfo> expire(std::string_view id, std::int64_t atUs) override;
    Result<KeyInfo> addCredits(std::string_view id, std::uint64_t credits) override;
    Result<std::vector<KeyRateClass>> classes() override;
    Result<void> setClass(const KeyRateClass& rateClass, bool dryRun) override;
    Result<void> removeClass(std::string_view name, bool dryRun) override;
    Result<KeyCompaction> compact(bool dryRun, const Task& task) override;
    Result<void> flush() override;

    /// Appends a batch that has these entries among others and gives the sequence of the first of them.
    using Writer = std::function<Result<Sequence>(std::span<const journal::NewEntry>)>;
    /// Ends all keys of an owner for ever. What other owners' keys need from the records that tell of this one is written anew; then
    /// `write` appends the end, together with the promise to purge those records (`superseded`). Without such keys it is called with
    /// nothing to write.
    using EraseWriter = std::function<Result<Sequence>(std::span<const journal::NewEntry>, std::span<const Sequence> superseded)>;
    Result<std::uint64_t> countOf(const std::string& owner);
    Result<void> eraseOwner(const std::string& owner, const EraseWriter& write);

private:
    // All below REQUIRES that m_mutex is held.

    /// Takes in what the journal has and the book has not.
    Result<void> follow(bool refresh);
    Result<void> openPepper();
    /// The pepper; one is drawn and added to `events` if there is none yet.
    Result<const crypto::HmacKey*> pepperFor(std::vector<KeyEvent>& events);
    /// Writes events and takes them into the book. Nothing is changed if that fails.
    Result<void> append(std::span<const KeyEvent> events, const journal::AuditNote* note);
    Result<void> append(std::span<const KeyEvent> events, const Writer& write);
    static Result<std::vector<journal::NewEntry>> toEntries(std::int64_t time, std::span<const KeyEvent> events);
    /// The same in as many batches as are needed: for events that may be repeated.
    Result<void> appendInParts(std::span<const KeyEvent> events);
    Result<KeyCompaction> compactNow(bool dryRun, const Task& task);
    void compactIfDue(std::uint64_t times);
    Result<std::vector<Sequence>> recordsOf(const std::set<KeyId>& keys, std::set<std::uint32_t>& accounts);
    /// Notes in the audit that something was refused. Returns the error.
    Error refuse(journal::AuditNote note, Error error);
    /// Now, but never before the newest event.
    [[nodiscard]] std::int64_t nowUs() const;
    [[nodiscard]] Result<void> checkClock() const;

    Result<KeyCreated> draft(const NewKey& key) const;
    Result<IssuedKey> issue(KeyCreated& made, const KeyStem& stem, const crypto::HmacKey& pepper, SecretBytes& room);
    Result<std::vector<IssuedKey>> issueAll(std::span<KeyCreated> drafts, const crypto::HmacKey& pepper);
    Result<void> seat(std::span<const NewKey> keys, std::vector<KeyCreated>& drafts) const;
    using Decision = std::function<Result<KeyEvent>(const StoredKey&)>;
    Result<KeyInfo> change(journal::AuditNote note, std::string_view id, bool clockCounts, const Decision& decide);

    Result<void> decide(KeyVerdict& verdict, std::string_view text, const KeyUse& use);
    void judge(KeyVerdict& verdict, const StoredKey& key, std::string_view text, const KeyUse& use) const;
    Result<void> takeCost(KeyVerdict& verdict, std::uint32_t index, const KeyUse& use);
    Result<void> takeCredits(KeyVerdict& verdict, StoredKey& account, std::uint64_t cost);
    Result<void> openLimits();
    void auditRefusal(const KeyVerdict& verdict, const KeyUse& use);
    Result<void> writeCounts(bool last);

    journal::Journal& m_journal;
    const crypto::AeadKey& m_wrapping;
    const crypto::HmacKey m_directory;
    const bool m_readOnly;
    const Upkeep m_upkeep;

    std::mutex m_mutex; ///< guards all below
    KeyBook m_book;
    Sequence m_next = 0; ///< first record not read
    bool m_followed = false;
    std::int64_t m_followedUs = 0;
    std::optional<crypto::HmacKey> m_pepper;
    KeyMaker m_maker;
    Limiter m_limiter;
    Limiter m_failures; ///< of sources, and of what is audited about them; in memory only
    bool m_limitsOpen = false;
    std::uint64_t m_notAudited = 0;
    std::int64_t m_countedUs = 0; ///< when counts were last written
    std::vector<std::uint32_t> m_dirty;
};

} // namespace carma::access
