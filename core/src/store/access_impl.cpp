// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/access_impl.h"

#include "crypto/crypto.h"

#include <unistd.h>

namespace carma::store {

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
    return replaceSlot({log::KeySlotKind::Passphrase, passphrase.clone()});
}

Result<void> AccessImpl::removePassphrase()
{
    const std::lock_guard guard(m_changing);
    log::Superblock superblock = m_core.log->superblock();
    CARMA_TRY(log::removeSlot(superblock, log::KeySlotKind::Passphrase));
    return m_core.log->updateSuperblock(std::move(superblock));
}

Result<void> AccessImpl::writeKeyFile(const std::string& path)
{
    SecretBytes secret(crypto::kKeyBytes);
    m_core.world.random->fill(secret.span());
    // The file first: a key file that opens nothing yet does no harm, a slot whose file was never written would.
    CARMA_TRY(writeKeyFileAt(path, m_core.log->superblock().store, secret.view()));
    auto replaced = replaceSlot({log::KeySlotKind::KeyFile, std::move(secret)});
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
    CARMA_TRY(replaceSlot({log::KeySlotKind::RecoveryCode, std::move(secret)}));
    return text;
}

} // namespace carma::store
