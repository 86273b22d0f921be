// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/access_impl.h"

#include "crypto/crypto.h"

#include <unistd.h>

namespace carma::store {

/// Ways to unlock are kept beside the log, so the entry comes first: without it nothing is changed. What then fails has a second one.
Result<void> AccessImpl::audited(std::string action, const std::function<Result<void>()>& change)
{
    journal::AuditNote note;
    note.action = std::move(action);
    CARMA_TRY(m_core.appendAudited({}, note));
    auto changed = change();
    if (!changed.has_value()) {
        note.outcome = journal::Outcome::Failed;
        note.reason = changed.error().message;
        (void)m_core.appendAudited({}, note).has_value(); // the first error is the one to tell
    }
    return changed;
}

Result<void> AccessImpl::replaceSlot(const log::KeySource& source)
{
    const std::lock_guard guard(m_changing);
    log::Superblock superblock = m_core.log->superblock();
    crypto::ScryptParameters parameters;
    for (const log::KeySlot& slot : superblock.slots) {
        if (slot.kind == log::KeySlotKind::Passphrase) {
            parameters = slot.parameters; // a store keeps the cost it was made with
        }
    }
    CARMA_TRY(log::setSlot(superblock, m_core.log->keys().master(), source, parameters, *m_core.world.random));
    return m_core.log->updateSuperblock(std::move(superblock));
}

Result<void> AccessImpl::setPassphrase(const SecretBytes& passphrase)
{
    if (passphrase.empty()) {
        return Error{ErrorCode::InvalidArgument, "a passphrase cannot be empty"};
    }
    return audited("access.passphrase.set", [&] { return replaceSlot({log::KeySlotKind::Passphrase, passphrase.clone()}); });
}

Result<void> AccessImpl::removePassphrase()
{
    return audited("access.passphrase.remove", [&]() -> Result<void> {
        const std::lock_guard guard(m_changing);
        log::Superblock superblock = m_core.log->superblock();
        CARMA_TRY(log::removeSlot(superblock, log::KeySlotKind::Passphrase));
        return m_core.log->updateSuperblock(std::move(superblock));
    });
}

Result<void> AccessImpl::writeKeyFile(const std::string& path)
{
    SecretBytes secret(crypto::kKeyBytes);
    m_core.world.random->fill(secret.span());
    // The file first: a key file that opens nothing yet does no harm, a slot whose file was never written would.
    CARMA_TRY(writeKeyFileAt(path, m_core.log->superblock().store, secret.view()));
    auto replaced = audited("access.keyfile.write", [&] { return replaceSlot({log::KeySlotKind::KeyFile, std::move(secret)}); });
    if (!replaced.has_value()) {
        ::unlink(path.c_str());
    }
    return replaced;
}

Result<SecretBytes> AccessImpl::renewRecoveryCode()
{
    SecretBytes secret(crypto::kKeyBytes);
    m_core.world.random->fill(secret.span());
    std::string code = log::formatRecoveryCode(secret.view());
    SecretBytes text{asBytes(code)};
    crypto::wipe(std::as_writable_bytes(std::span(code)));
    CARMA_TRY(audited("access.recovery_code.renew", [&] { return replaceSlot({log::KeySlotKind::RecoveryCode, std::move(secret)}); }));
    return text;
}

} // namespace carma::store
