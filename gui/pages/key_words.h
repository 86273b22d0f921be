// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/rows_model.h"

#include <carma/keys.h>

namespace carma::gui {

QString wordOf(KeyState state);
QString wordOf(KeyPermission permission);
QIcon markOf(KeyState state); ///< a symbol whose form, not only its colour, tells the state
QString scopesText(const std::vector<KeyScope>& scopes);
QString limitText(const RateLimit& limit); ///< "100 in 1 s, burst 200"

/// Where a text with the form of a key lies, and what the store knows of it.
struct FoundKey {
    QString file;
    KeyFinding finding;
    std::vector<KeyInfo> known;
};

using KeysModel = RowsModel<KeyInfo>;
using ClassesModel = RowsModel<KeyRateClass>;
using FoundKeysModel = RowsModel<FoundKey>;
KeysModel* makeKeysModel(QObject* parent);
ClassesModel* makeClassesModel(QObject* parent);
FoundKeysModel* makeFoundKeysModel(QObject* parent);

} // namespace carma::gui
