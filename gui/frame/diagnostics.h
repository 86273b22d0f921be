// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/settings.h"

#include <carma/health.h>

#include <QString>

#include <optional>

namespace carma::gui {

/// What helps to find a fault, as text for a person to read before it is sent: versions, settings, figures and checks of the store.
/// Nothing of what the store holds, no keys, no names of namespaces, files or people; the home folder stands as ~.
QString diagnosticsText(const Settings& settings, const std::optional<StatusReport>& status, const std::vector<DoctorCheck>& checks);

} // namespace carma::gui
