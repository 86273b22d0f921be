// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/superblock.h"

namespace carma::log {

namespace {

std::unique_ptr<crypto::AeadKey> deriveKey(const SecretBytes& master, std::string_view label)
{
    return std::make_unique<crypto::AeadKey>(crypto::hkdf(master.view(), {}, label, crypto::kKeyBytes).view());
}

} // namespace

// The labels are part of the stored format.
MasterKeys::MasterKeys(SecretBytes master)
    : m_master(std::move(master)), m_wrapping(deriveKey(m_master, "carma wrapping")),
      m_storeRecords(deriveKey(m_master, "carma store records")), m_catalog(deriveKey(m_master, "carma catalog")),
      m_snapshots(deriveKey(m_master, "carma index snapshots"))
{
    CARMA_ASSERT(m_master.size() == crypto::kKeyBytes);
}

const crypto::AeadKey& MasterKeys::wrapping() const { return *m_wrapping; }
const crypto::AeadKey& MasterKeys::storeRecords() const { return *m_storeRecords; }
const crypto::AeadKey& MasterKeys::catalog() const { return *m_catalog; }
const crypto::AeadKey& MasterKeys::snapshots() const { return *m_snapshots; }

SecretBytes MasterKeys::derive(std::string_view label) const { return crypto::hkdf(m_master.view(), {}, label, crypto::kKeyBytes); }

const SecretBytes& MasterKeys::master() const { return m_master; }

MasterKeys MasterKeys::clone() const { return MasterKeys(m_master.clone()); }

} // namespace carma::log
