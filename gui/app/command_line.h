// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace carma::gui {

/// What the window did or shows, as a line for a POSIX shell: "carma -s '/srv/my store' query 'spare key'".
/// `arguments` are those of the program carma, with the store among them; empty for none.
QString commandLine(const QStringList& arguments);
/// The same for other programs: {"program": "carma", "arguments": [...]}, on one line.
QString commandJson(const QStringList& arguments);

} // namespace carma::gui
