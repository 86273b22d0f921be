// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <carma/keys.h>

#include <variant>
#include <vector>

/// What the body of a KeyEvent record says: one or more events, which count together or not at all.
/// Byte format: core/docs/format/keys.md
namespace carma::access {

struct PepperMade {
    Bytes sealed;           ///< the pepper under the master key
    std::uint64_t mark = 0; ///< of the pepper, so that another one is seen
};
/// The state of a new key.
struct KeyCreated {
    KeyId id;
    crypto::Digest tag{}; ///< HMAC of the text under the pepper
    std::uint64_t fingerprint = 0;
    std::string owner, label, user;
    std::uint64_t position = 0;
    KeyPermission permission{};
    std::uint32_t generation = 1;
    KeyId predecessor;
    std::int64_t notBeforeUs = 0, expiresUs = 0;
    std::string rateClass;
    std::uint64_t quotaADay = 0;
    std::optional<std::uint64_t> credits;
    std::vector<KeyScope> scopes;
    std::vector<AddressRange> addresses;
};
struct KeyRotated {
    KeyId id, successor;
    std::int64_t graceEndsUs = 0;
};
struct KeySuspended {
    KeyId id;
    std::string reason;
};
struct KeyResumed {
    KeyId id;
};
struct KeyRevoked {
    KeyId id;
    std::string reason;
};
struct KeyExpires {
    KeyId id;
    std::int64_t atUs = 0;
};
struct CreditsAdded {
    KeyId id;
    std::uint64_t credits = 0;
};
/// Counts up to now. `spent` may run ahead of what was spent: that much is reserved.
struct KeyUsed {
    KeyId id;
    std::int64_t minuteUs = 0;
    std::uint64_t uses = 0, spent = 0;
};
/// A slow limit is reserved up to there.
struct LimitReserved {
    LimitDebt debt;
};
/// From here on limits are in memory only.
struct LimitsOpened {};
/// All limits as they are. Holds until they are opened again.
struct LimitsKept {
    std::vector<LimitDebt> debts;
};

/// All of a key as it stands: takes the place of every event about it before. Compactions and erasures write these.
struct KeyRestated {
    KeyCreated made; ///< with an empty owner: its owner was erased
    std::int64_t createdUs = 0, expiresUs = 0, graceEndsUs = 0;
    bool rotated = false, suspended = false, revoked = false;
    bool counted = false;
    bool vouched = true; ///< no record that is lost may have been about it
    KeyId successor;
    std::string reason;
    std::uint64_t uses = 0, creditsTotal = 0, spent = 0;
    std::int64_t lastUsedUs = 0;
};
/// A rate class of the store's own, made or changed.
struct RateClassSet {
    KeyRateClass rateClass;
};
struct RateClassRemoved {
    std::string name;
};

using KeyEvent = std::variant<PepperMade, KeyCreated, KeyRotated, KeySuspended, KeyResumed, KeyRevoked, KeyExpires, CreditsAdded, KeyUsed,
    LimitReserved, LimitsOpened, LimitsKept, KeyRestated, RateClassSet, RateClassRemoved>;

/// `timeUs` is when they happened, by the wall clock.
Bytes encodeEvents(std::int64_t timeUs, std::span<const KeyEvent> events);
struct DecodedEvents {
    std::int64_t timeUs = 0;
    std::vector<KeyEvent> events;
};
/// Corruption if the bytes are no such body; Unsupported for a newer version.
Result<DecodedEvents> decodeEvents(ByteView bytes);

} // namespace carma::access
