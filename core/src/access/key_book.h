// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_event.h"
#include "access/key_index.h"

#include <map>
#include <memory>

/// The keys as the events say. Nothing is written here: events go in, in the order of the log, and the state comes out.
///
///   active --rotated--> grace --time--> expired          suspended --resumed--> where it was
///   any but revoked --suspended--> suspended             any --revoked--> revoked, for ever
///
/// An event that does not fit (about a key that is not known, or that is revoked) changes nothing: a record before it may be lost.
namespace carma::access {

inline constexpr std::uint32_t kNoKey = KeyIndex::kNone;

/// What a check reads stands first and close together: among a million keys each line of memory costs as much as a MAC.
struct alignas(64) StoredKey {
    crypto::Digest tag{};
    KeyId id;
    std::uint32_t account = kNoKey; ///< the first generation, which holds credits and limits for all
    std::uint32_t everywhere = 0;   ///< operations that a scope allows in all namespaces and on all tags
    std::array<char, 8> user{};
    std::uint64_t position = 0;
    KeyPermission permission{};
    bool rotated = false, suspended = false, revoked = false;
    bool hasAddresses = false;
    bool counted = false; ///< it has credits
    bool dirty = false;   ///< counts that no record says yet
    std::int64_t notBeforeUs = 0, expiresUs = 0, graceEndsUs = 0;
    Sequence vouched = 0;            ///< the newest record that says that it works
    const RateClass* rate = nullptr; ///< static storage
    std::uint64_t quotaADay = 0;
    std::uint64_t uses = 0;
    std::int64_t lastUsedUs = 0;
    std::uint64_t creditsTotal = 0;
    std::uint64_t spent = 0;    ///< of the credits of this account
    std::uint64_t reserved = 0; ///< durable: spent, or ahead of it

    std::int64_t createdUs = 0;
    KeyId successor;
    std::string reason;
    KeyCreated made;

    [[nodiscard]] KeyState stateAt(std::int64_t nowUs) const;
};

/// Keys in pieces, so that a million of them neither move when one more comes nor lie in memory twice meanwhile.
class KeyList {
public:
    [[nodiscard]] std::size_t size() const { return m_size; }
    StoredKey& operator[](std::size_t index) { return m_pieces[index / kAPiece][index % kAPiece]; }
    const StoredKey& operator[](std::size_t index) const { return m_pieces[index / kAPiece][index % kAPiece]; }
    void add()
    {
        if (m_size % kAPiece == 0) {
            m_pieces.push_back(std::make_unique<StoredKey[]>(kAPiece));
        }
        ++m_size;
    }

private:
    static constexpr std::size_t kAPiece = 128;
    std::vector<std::unique_ptr<StoredKey[]>> m_pieces;
    std::size_t m_size = 0;
};

class KeyBook {
public:
    void take(Sequence sequence, std::int64_t timeUs, std::span<const KeyEvent> events);
    /// A record of events that cannot be read: what it said about any key until then is not known.
    void takeLost(Sequence sequence);

    [[nodiscard]] std::size_t size() const { return m_keys.size(); }
    [[nodiscard]] StoredKey& at(std::uint32_t index) { return m_keys[index]; }
    [[nodiscard]] std::uint32_t findTag(const crypto::Digest& tag) const;
    [[nodiscard]] std::uint32_t findId(const KeyId& id) const;
    /// By id or its beginning. NotFound; InvalidArgument.
    [[nodiscard]] Result<std::uint32_t> findName(std::string_view id) const;
    [[nodiscard]] KeyInfo infoOf(std::uint32_t index, std::int64_t nowUs) const;
    /// The same by who has its parts: the meta key among them takes longer than all the rest.
    [[nodiscard]] KeyInfo infoOf(std::uint32_t index, std::int64_t nowUs, KeyParts parts) const;
    /// All that the book knows of a key, as one event.
    [[nodiscard]] KeyRestated restate(std::uint32_t index) const;
    /// What is left of the key of an owner who was erased: that its seat and its text are taken, and that it works no more.
    [[nodiscard]] KeyRestated tombstone(std::uint32_t index) const;
    /// Events that say what limits and rate classes stand at.
    void restateRest(std::vector<KeyEvent>& events) const;
    /// Events in the records that there are.
    [[nodiscard]] std::uint64_t eventsTaken() const { return m_events; }
    /// All records but those of the newest `events` were purged.
    void purgedAllBut(std::uint64_t events) { m_events = events; }
    /// The order of creation; a restated key may stand elsewhere.
    [[nodiscard]] std::vector<std::uint32_t> byCreation() const;

    /// A class that keys can have; null if there is none.
    [[nodiscard]] const RateClass* findClass(std::string_view name) const;
    [[nodiscard]] std::vector<KeyRateClass> ownClasses() const;

    /// Nobody says since a record was lost that this key works.
    [[nodiscard]] bool isDoubtful(const StoredKey& key) const { return m_lostAny && key.vouched < m_lost; }

    [[nodiscard]] std::optional<std::uint64_t> seatOf(const std::string& owner) const;
    [[nodiscard]] const std::string* ownerOf(std::uint64_t seat) const; ///< null for a free one
    [[nodiscard]] std::uint64_t nextSeat() const { return m_nextSeat; }

    [[nodiscard]] std::int64_t newestUs() const { return m_newestUs; }
    [[nodiscard]] Sequence newestAt() const { return m_newestAt; }
    [[nodiscard]] const std::optional<PepperMade>& pepper() const { return m_pepper; }
    [[nodiscard]] Sequence pepperAt() const { return m_pepperAt; }

    enum class LimitsState : std::uint8_t { Never, Open, Kept };
    [[nodiscard]] LimitsState limitsState() const { return m_limits; }
    [[nodiscard]] std::vector<LimitDebt> limitDebts() const;

private:
    struct DebtOrder {
        bool operator()(const LimitKey& a, const LimitKey& b) const { return a.kind != b.kind ? a.kind < b.kind : a.subject < b.subject; }
    };
    struct Moment {
        Sequence sequence;
        std::int64_t timeUs;
    };

    void apply(const PepperMade& event, const Moment& moment);
    void apply(const KeyCreated& event, const Moment& moment);
    void apply(const KeyRotated& event, const Moment& moment);
    void apply(const KeySuspended& event, const Moment& moment);
    void apply(const KeyResumed& event, const Moment& moment);
    void apply(const KeyRevoked& event, const Moment& moment);
    void apply(const KeyExpires& event, const Moment& moment);
    void apply(const CreditsAdded& event, const Moment& moment);
    void apply(const KeyUsed& event, const Moment& moment);
    void apply(const LimitReserved& event, const Moment& moment);
    void apply(const LimitsOpened& event, const Moment& moment);
    void apply(const LimitsKept& event, const Moment& moment);
    void apply(const KeyRestated& event, const Moment& moment);
    void apply(const RateClassSet& event, const Moment& moment);
    void apply(const RateClassRemoved& event, const Moment& moment);
    std::uint32_t place(const KeyCreated& made);
    void setRates(std::string_view name);
    [[nodiscard]] std::uint32_t firstOf(std::string_view owner) const;
    [[nodiscard]] std::uint32_t firstAt(std::uint64_t seat) const;
    /// Null for one that is not known or is revoked.
    StoredKey* changeable(const KeyId& id);

    KeyList m_keys;
    KeyIndex m_tags;   ///< by the MAC, which is its own hash
    KeyIndex m_ids;    ///< by the id
    KeyIndex m_owners; ///< the first key of each owner
    KeyIndex m_seats;  ///< the first key of each seat
    std::uint64_t m_nextSeat = 0;
    std::int64_t m_newestUs = 0;
    Sequence m_newestAt = 0;
    bool m_lostAny = false;
    Sequence m_lost = 0; ///< the newest lost record
    std::optional<PepperMade> m_pepper;
    Sequence m_pepperAt = 0;
    LimitsState m_limits = LimitsState::Never;
    std::map<LimitKey, std::int64_t, DebtOrder> m_debts;
    std::map<std::string, RateClass, std::less<>> m_classes; ///< of the store's own; keys point into it
    std::uint64_t m_events = 0;
};

} // namespace carma::access
