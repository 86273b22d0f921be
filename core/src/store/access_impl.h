// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/store_core.h"

#include <functional>
#include <mutex>

namespace carma::store {

class AccessImpl final : public Access {
public:
    explicit AccessImpl(StoreCore& core) : m_core(core) {}
    Result<void> setPassphrase(const SecretBytes& passphrase) override;
    Result<void> removePassphrase() override;
    Result<void> writeKeyFile(const std::string& path) override;
    Result<SecretBytes> renewRecoveryCode() override;

private:
    Result<void> audited(std::string action, const std::function<Result<void>()>& change);
    Result<void> replaceSlot(const log::KeySource& source);
    StoreCore& m_core;
    std::mutex m_changing; ///< held from reading the superblock to writing it, so that no other change is undone
};

} // namespace carma::store
