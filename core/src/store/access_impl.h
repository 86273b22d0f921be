// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/store_core.h"

namespace carma::store {

class AccessImpl final : public Access {
public:
    explicit AccessImpl(StoreCore& core) : m_core(core) {}
    Result<void> setPassphrase(const SecretBytes& passphrase) override;
    Result<void> removePassphrase() override;
    Result<void> writeKeyFile(const std::string& path) override;
    Result<SecretBytes> renewRecoveryCode() override;

private:
    Result<void> replaceSlot(const log::KeySource& source);
    StoreCore& m_core;
};

} // namespace carma::store
