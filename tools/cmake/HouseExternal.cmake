# External libraries by their short names, found when first asked for: a build without tests or without a
# module needs only what it uses. Each becomes a target house_ext_<name>.
include_guard(GLOBAL)

set(HOUSE_EXTERNALS boost expected nlohmann openssl lmdb idn2 psl curl microhttpd archive cli11 fmt threads
                    date_tz unistring
                    catch2 rapidcheck)

# Sets <out> to the targets of the libraries named after it.
function(house_externals out)
    set(targets "")
    foreach(name IN LISTS ARGN)
        if(NOT name IN_LIST HOUSE_EXTERNALS)
            message(FATAL_ERROR "House: no external library is called '${name}'; known: ${HOUSE_EXTERNALS}")
        endif()
        if(NOT TARGET house_ext_${name})
            house_find_external(${name})
        endif()
        list(APPEND targets house_ext_${name})
    endforeach()
    set(${out} ${targets} PARENT_SCOPE)
endfunction()

function(house_find_external name)
    add_library(house_ext_${name} INTERFACE IMPORTED GLOBAL)
    cmake_language(CALL house_find_${name} house_ext_${name})
endfunction()

function(house_find_pkg target module)
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(house_pkg_${module} REQUIRED IMPORTED_TARGET GLOBAL ${module})
    target_link_libraries(${target} INTERFACE PkgConfig::house_pkg_${module})
endfunction()

# Headers only. Boost 1.74, Debian's default, cannot compile MSM as C++20 with g++ 12.
function(house_find_boost target)
    find_path(HOUSE_BOOST_INCLUDE boost/msm/back/state_machine.hpp REQUIRED)
    file(STRINGS "${HOUSE_BOOST_INCLUDE}/boost/version.hpp" line REGEX "^#define BOOST_VERSION [0-9]+")
    string(REGEX MATCH "[0-9]+" version "${line}")
    if(version LESS 108100)
        message(FATAL_ERROR "Boost at ${HOUSE_BOOST_INCLUDE} has BOOST_VERSION ${version}, must be 108100 or later "
                            "(Debian: libboost1.81-dev)")
    endif()
    target_include_directories(${target} SYSTEM INTERFACE "${HOUSE_BOOST_INCLUDE}")
    # Boost's own warning pragmas and deprecated headers are not ours to mend.
    target_compile_definitions(${target} INTERFACE BOOST_ALLOW_DEPRECATED_HEADERS)
endfunction()

function(house_find_expected target)
    find_package(tl-expected REQUIRED)
    target_link_libraries(${target} INTERFACE tl::expected)
endfunction()

function(house_find_nlohmann target)
    find_package(nlohmann_json 3.11 REQUIRED)
    target_link_libraries(${target} INTERFACE nlohmann_json::nlohmann_json)
endfunction()

function(house_find_openssl target)
    find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
    target_link_libraries(${target} INTERFACE OpenSSL::Crypto)
endfunction()

function(house_find_lmdb target)
    find_path(HOUSE_LMDB_INCLUDE lmdb.h REQUIRED)
    find_library(HOUSE_LMDB_LIBRARY lmdb REQUIRED)
    target_include_directories(${target} SYSTEM INTERFACE "${HOUSE_LMDB_INCLUDE}")
    target_link_libraries(${target} INTERFACE "${HOUSE_LMDB_LIBRARY}")
endfunction()

function(house_find_idn2 target)
    house_find_pkg(${target} libidn2)
endfunction()

function(house_find_psl target)
    house_find_pkg(${target} libpsl)
endfunction()

function(house_find_curl target)
    house_find_pkg(${target} libcurl)
endfunction()

# Howard Hinnant's tz library over the system's own time zone database.
function(house_find_unistring target)
    # libidn2 stands on it; it brings no pkg-config file.
    find_path(HOUSE_UNISTRING_INCLUDE unictype.h REQUIRED)
    find_library(HOUSE_UNISTRING_LIBRARY unistring REQUIRED)
    target_include_directories(${target} SYSTEM INTERFACE "${HOUSE_UNISTRING_INCLUDE}")
    target_link_libraries(${target} INTERFACE "${HOUSE_UNISTRING_LIBRARY}")
endfunction()

function(house_find_date_tz target)
    find_package(date REQUIRED)
    target_link_libraries(${target} INTERFACE date::date-tz)
endfunction()

function(house_find_microhttpd target)
    house_find_pkg(${target} libmicrohttpd)
endfunction()

function(house_find_archive target)
    house_find_pkg(${target} libarchive)
endfunction()

function(house_find_cli11 target)
    find_package(CLI11 REQUIRED)
    target_link_libraries(${target} INTERFACE CLI11::CLI11)
endfunction()

function(house_find_fmt target)
    find_package(fmt 9 REQUIRED)
    target_link_libraries(${target} INTERFACE fmt::fmt)
endfunction()

function(house_find_threads target)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    target_link_libraries(${target} INTERFACE Threads::Threads)
endfunction()

function(house_find_catch2 target)
    find_package(Catch2 2.13 REQUIRED)
    target_link_libraries(${target} INTERFACE Catch2::Catch2)
endfunction()

function(house_find_rapidcheck target)
    find_package(rapidcheck REQUIRED)
    target_link_libraries(${target} INTERFACE rapidcheck)
endfunction()
