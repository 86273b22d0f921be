// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

class QComboBox;
class QSpinBox;

namespace carma::gui {

class StoreSettings;

/// Language, theme, scale, lock; what belongs to the open store. Changes hold at once where they can.
class SettingsPage : public Page {
    Q_OBJECT

public:
    explicit SettingsPage(Shell& shell);
    void refresh() override; ///< a command may have changed them
    void reset() override;

private:
    void apply();

    Shell& m_shell;
    QComboBox* m_theme;
    QComboBox* m_language;
    QComboBox* m_scale;
    QComboBox* m_times;
    QSpinBox* m_idle;
    StoreSettings* m_store;
};

} // namespace carma::gui
