// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QApplication;

namespace carma::gui {

/// Loads the translation for `language` ("de"; empty: of the system; "en": none). False if there is none for it.
bool useLanguage(QApplication& application, const QString& language);

} // namespace carma::gui
