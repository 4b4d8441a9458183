# External libraries by their short names, found when first asked for: a build without tests or without a
# module needs only what it uses. Each becomes a target house_ext_<name>.
include_guard(GLOBAL)
include(HouseLazy)
include(HouseOpenssl)

set(HOUSE_EXTERNALS boost expected nlohmann openssl lmdb idn2 psl curl microhttpd archive cli11 fmt threads
                    date_tz unistring boost_archives dl
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

# Boost's own archives, which only the benches compare with; the static library, so that nobody's start pays.
function(house_find_boost_archives target)
    house_externals(headers boost)
    find_library(HOUSE_BOOST_SERIALIZATION libboost_serialization.a REQUIRED)
    target_link_libraries(${target} INTERFACE ${headers} "${HOUSE_BOOST_SERIALIZATION}")
endfunction()

function(house_find_dl target)
    target_link_libraries(${target} INTERFACE ${CMAKE_DL_LIBS})
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
    house_lazy_library(${target} crypto MODULE libcrypto>=3.0 FUNCTIONS ${HOUSE_OPENSSL_FUNCTIONS})
endfunction()

# Small libraries that every command needs: linked statically where they are there so, since each shared one
# takes a third of a millisecond of every start. OpenSSL stays shared: its security updates must reach us.
function(house_find_small target name header)
    find_path(HOUSE_${name}_INCLUDE ${header} REQUIRED)
    find_library(HOUSE_${name}_LIBRARY NAMES lib${name}.a ${name} REQUIRED)
    target_include_directories(${target} SYSTEM INTERFACE "${HOUSE_${name}_INCLUDE}")
    target_link_libraries(${target} INTERFACE "${HOUSE_${name}_LIBRARY}")
endfunction()

function(house_find_lmdb target)
    house_find_small(${target} lmdb lmdb.h)
endfunction()

function(house_find_unistring target)
    house_find_small(${target} unistring unictype.h)
endfunction()

function(house_find_idn2 target)
    house_find_small(${target} idn2 idn2.h)
    house_externals(unistring unistring)
    target_link_libraries(${target} INTERFACE ${unistring})
endfunction()

function(house_find_psl target)
    house_find_small(${target} psl libpsl.h)
    house_externals(idn2 idn2)
    target_link_libraries(${target} INTERFACE ${idn2})
endfunction()

# The functions of these libraries that the project and its tests call; they are loaded when the first is.
function(house_find_curl target)
    house_lazy_library(${target} curl MODULE libcurl FUNCTIONS
        curl_easy_cleanup curl_easy_getinfo curl_easy_init curl_easy_perform curl_easy_reset curl_easy_setopt
        curl_easy_strerror curl_global_init curl_slist_append curl_slist_free_all)
endfunction()

# Howard Hinnant's tz library over the system's own time zone database.
function(house_find_date_tz target)
    find_package(date REQUIRED)
    target_link_libraries(${target} INTERFACE date::date-tz)
endfunction()

function(house_find_microhttpd target)
    house_lazy_library(${target} microhttpd MODULE libmicrohttpd FUNCTIONS
        MHD_add_response_header MHD_create_response_from_buffer MHD_destroy_response MHD_get_daemon_info
        MHD_lookup_connection_value MHD_queue_response MHD_start_daemon MHD_stop_daemon)
endfunction()

function(house_find_archive target)
    house_lazy_library(${target} archive MODULE libarchive FUNCTIONS
        archive_entry_filetype archive_entry_free archive_entry_mtime archive_entry_new
        archive_entry_pathname archive_entry_perm archive_entry_set_filetype archive_entry_set_mtime
        archive_entry_set_pathname archive_entry_set_perm archive_entry_set_size archive_entry_size
        archive_error_string archive_read_data archive_read_free archive_read_new
        archive_read_next_header archive_read_open_filename archive_read_open_memory
        archive_read_support_format_tar archive_read_support_format_zip archive_set_error
        archive_write_close archive_write_data archive_write_finish_entry archive_write_free
        archive_write_header archive_write_new archive_write_open archive_write_open_fd
        archive_write_set_bytes_in_last_block archive_write_set_format_pax_restricted
        archive_write_set_format_zip archive_write_zip_set_compression_deflate)
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
