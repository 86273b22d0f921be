// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/store.h>

#include <stop_token>
#include <string>

namespace carma::cli {

struct GlobalOptions;

/// What opens the store, in this order: the key file, passphrase or recovery code named on the command line,
/// $CARMA_KEY_FILE, the key folder, a passphrase asked for on the terminal. InvalidArgument with advice if there is nothing,
/// or if more than one was named.
Result<Credentials> findCredentials(
    const GlobalOptions& options, const StoreInfo& info, const std::string& storePath, const std::stop_token& stop);

/// $CARMA_KEY_FILE; empty if unset.
std::string keyFileFromEnvironment();

} // namespace carma::cli
