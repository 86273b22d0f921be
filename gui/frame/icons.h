// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace carma::gui {

enum class Symbol : int {
    Overview,
    Memory,
    Graph,
    Healing,
    Keys,
    Billing,
    Audit,
    Settings,
    Keyboard,
    Lock,
    Folder,
    Plus,
    Search,
    Good,
    Warning,
    Bad
};

/// Drawn when needed, in the text colour of the palette at that time, sharp at every scale.
QIcon symbolIcon(Symbol symbol);
/// The same in a colour of its own.
QIcon symbolIcon(Symbol symbol, const QColor& colour);

} // namespace carma::gui
