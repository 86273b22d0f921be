// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/discovery.h"

#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <stop_token>
#include <string>

/// Secrets of plugins: settings of the type "secret" name a secret, and it is looked up only when the plugin is started.
namespace carma::plugins {

/// What the keychain of the user's desktop keeps under the attributes service=carma and key=`name`. It is asked through secret-tool(1)
/// of libsecret, a process of its own, so that no code of a message bus runs where the keys of stores are: $CARMA_SECRET_TOOL if that
/// is set, else from $PATH. The keychain may ask the user to unlock it; two minutes are given to that. Messages are the second half of a
/// sentence. NotFound where there is no such tool or no such secret, LimitExceeded beyond 4096 bytes, Cancelled.
Result<SecretBytes> readKeychain(const std::string& name, const std::stop_token& stop);

/// The settings of a plugin with secrets in place of their names. Wiped when it dies.
class Revealed {
public:
    /// Errors of readKeychain.
    static Result<Revealed> of(const Chosen& chosen, const std::stop_token& stop);
    Revealed(Revealed&&) noexcept = default;
    Revealed& operator=(Revealed&&) = delete;
    Revealed(const Revealed&) = delete;
    Revealed& operator=(const Revealed&) = delete;
    ~Revealed();

    [[nodiscard]] const Settings& settings() const { return m_settings; }

private:
    Revealed() = default;
    Settings m_settings;
    std::vector<std::string> m_secrets; ///< names of those settings
};

} // namespace carma::plugins
