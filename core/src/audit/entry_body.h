// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "log/record/record.h"

#include <carma/audit.h>

/// What the body of an audit record says. Byte format: core/docs/format/audit.md
namespace carma::audit {

/// What erasing a namespace must destroy.
struct PersonalFields {
    std::string actor, subject, detail, reason;
};

struct EntryBody {
    AuditOutcome outcome{};
    AuditClass kind{};
    NamespaceId space; ///< whose data key seals the personal fields; null: they are sealed with the record only
    std::string action, object, requestId;
    crypto::Digest before{}, after{};
    PersonalFields personal;
    bool erased = false; ///< the personal fields do not open
};

/// The class that an action belongs to.
AuditClass classOf(std::string_view action);

/// `key` is the data key of body.space, null if that is null; `nonce` is fresh and used once.
Bytes encodeEntry(const EntryBody& body, const crypto::AeadKey* key, ByteView nonce);
/// `key` null: the personal fields stay closed and `erased` is set, unless they are sealed with the record only.
/// Corruption if the bytes are no such body; Unsupported for a newer version.
Result<EntryBody> decodeEntry(ByteView bytes, const crypto::AeadKey* key);
/// The namespace whose key decodeEntry needs.
Result<NamespaceId> spaceOf(ByteView bytes);

} // namespace carma::audit
